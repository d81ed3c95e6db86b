# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules and overrides together: everything is decided, nothing is decided twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from codegen.coverage import coverage_report
from codegen.errors import GenerationError
from codegen.model import Doc, Header
from codegen.overrides import Addition, ClassOverride, Overrides, hand, internal
from codegen.resolve import resolve
from codegen.surface import Binding, Status, Surface

pytestmark = pytest.mark.unit


def method(surface: Surface, owner: str, name: str) -> Binding:
    bound = next(c for c in surface.classes if c.name == owner)
    return next(m for m in bound.methods if m.name == name)


def function(surface: Surface, name: str) -> Binding:
    return next(b for b in surface.functions if b.name == name)


def test_every_function_is_accounted_for(header: Header, surface: Surface) -> None:
    assert len(surface.accounts) == len(header.functions)
    statuses = {account.c_name: account.status for account in surface.accounts}
    assert statuses["FreeLamp"] is Status.RULE
    assert statuses["KeepLarge"] is Status.HAND
    assert statuses["Watch"] is Status.INTERNAL
    assert statuses["GetName"] is Status.INTERNAL


def test_an_uncovered_function_is_named_with_its_line(header: Header, overrides: Overrides) -> None:
    functions = {k: v for k, v in overrides.functions.items() if k != "Watch"}
    line = next(f.line for f in header.functions if f.name == "OrthancPluginWatch")
    with pytest.raises(GenerationError, match=rf"OrthancPluginWatch \(line {line}\): .* watcher"):
        resolve(header, replace(overrides, functions=functions))


@pytest.mark.parametrize(
    "stale",
    [
        {"functions": {"Gone": internal("gone")}},
        {"classes": {"Gone": ClassOverride()}},
        {"additions": (Addition("X", "(self) -> None", "", owner="Gone"),)},
        {"nullable": frozenset({("Keep", "gone")})},
        {"never_null": frozenset({"Gone"})},
        {"answering": frozenset({"Gone"})},
        {"signatures": {"Gone": ()}},
        {"functions_since": {"Gone": (1, 2, 3)}},
        {"classes_since": {"Gone": (1, 2, 0)}},
        {"enumerations_since": {"Gone": (1, 2, 0)}},
    ],
)
def test_an_override_that_matches_nothing_is_an_error(
    header: Header, overrides: Overrides, stale: dict[str, object]
) -> None:
    with pytest.raises(GenerationError, match=r"match nothing.*\n.*[Gg]one"):
        resolve(header, replace(overrides, **stale))  # type: ignore[arg-type]


def test_a_text_replaces_that_of_the_header(header: Header, overrides: Overrides) -> None:
    functions = {**overrides.functions, "Watch": hand("() -> None", text="Look on.")}
    surface = resolve(header, replace(overrides, functions=functions))
    assert function(surface, "Watch").doc == Doc("Look on.")


def test_the_first_object_makes_a_method(surface: Surface) -> None:
    show = method(surface, "Visit", "Show")
    assert show.signatures[0].startswith("Show(self, lamp: Lamp, format: Colour | int, width: int,")
    # after another argument it is one itself
    assert "pattern: Lamp | None" in function(surface, "CreateLamp").signatures[0]


def test_outputs_become_the_result(surface: Surface) -> None:
    assert function(surface, "Fetch").returns == "bytes"
    assert function(surface, "LookFor").returns == "bytes | None"
    assert function(surface, "Take").returns == "tuple[bytes, int] | tuple[None, None]"
    assert function(surface, "IsDark").returns == "bool"
    assert function(surface, "Ask").returns == "tuple[bytes, dict[str, str], int]"


def test_none_by_comment_and_by_override(surface: Surface) -> None:
    parameters = dict(function(surface, "Ask").parameters)
    assert parameters["user"] == "str | None"
    assert parameters["body"] == "str | Buffer | None"
    assert dict(function(surface, "Keep").parameters)["value"] == "str | Buffer"


def test_a_string_that_is_never_null(surface: Surface) -> None:
    assert function(surface, "GetHouse").returns == "str"
    assert function(surface, "GetMotto").returns == "str | None"


def test_a_class_with_its_own_guard(surface: Surface) -> None:
    bow = method(surface, "Visit", "Bow").call
    show = method(surface, "Visit", "Show").call
    assert bow is not None
    assert show is not None
    assert bow.self_setup == "const VisitUse self_use(self, Answers::kYes);"
    assert show.self_setup == "const VisitUse self_use(self, Answers::kNo);"


def test_methods_also_go_without_the_name_of_their_class(surface: Surface) -> None:
    lamp = next(c for c in surface.classes if c.name == "Lamp")
    assert lamp.aliases == (("Paint", "LampPaint"),)


def test_hand_written_bindings_keep_their_signatures(surface: Surface) -> None:
    assert function(surface, "KeepAll").signatures == ("KeepAll(value: str | Buffer, /) -> None",)
    assert method(surface, "Visit", "Wave").doc.text == "Wave a hand."


def test_the_report_says_where_each_function_went(surface: Surface) -> None:
    report = coverage_report(surface)
    assert "SDK 1.2.3: 20 functions in the header" in report
    assert "left out, takes a callback:\n  Watch" in report
    assert "left out, strings are copied:\n  FreeString" in report
