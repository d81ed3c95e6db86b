# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the reference plugin offers to scripts is there, and takes as many arguments."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sdk_version import sdk_under_test

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

TABLES = Path(__file__).parents[1] / "data" / "reference"

# No function takes so many arguments, so each one says what it takes instead of being called.
SCRIPT = """
import enum, inspect, json
import orthanc

def refusal(function, *arguments):
    try:
        function(*arguments, *[object()] * 40)
    except TypeError as error:
        return str(error)

def surface(output, uri, **request):
    found = {"functions": {}, "classes": {}, "enumerations": {}}
    for name, value in vars(orthanc).items():
        if name.startswith("_"):
            continue
        if inspect.isclass(value) and issubclass(value, enum.IntEnum):
            members = {member: int(number) for member, number in value.__members__.items()}
            found["enumerations"][name] = members
        elif inspect.isclass(value):
            found["classes"][name] = {
                method: refusal(getattr(value, method), value.__new__(value))
                for method in vars(value)
                if not method.startswith("_")
            }
        elif callable(value):
            found["functions"][name] = refusal(value)
    output.AnswerBuffer(json.dumps(found), "application/json")

orthanc.RegisterRestCallback("/surface", surface)
"""

REFERENCE_FOR = {(1, 10, 1): "4.0", (1, 12, 5): "5.0", (1, 13, 0): "7.1"}


@pytest.fixture(scope="module")
def ours(shared_orthanc: Any) -> dict[str, Any]:
    answer = shared_orthanc(SCRIPT).get("/surface")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Of the newest reference plugin for the SDK that is not newer."""
    plugin = [name for sdk, name in REFERENCE_FOR.items() if sdk <= sdk_under_test()][-1]
    table: dict[str, Any] = json.loads((TABLES / f"surface-{plugin}.json").read_text())
    return table


def missing_names(ours: dict[str, Any], reference: dict[str, Any]) -> Iterator[str]:
    for kind in ("functions", "classes", "enumerations"):
        yield from reference[kind].keys() - ours[kind].keys()
    for kind in ("classes", "enumerations"):
        for name, members in reference[kind].items():
            for member in members.keys() - ours[kind].get(name, members).keys():
                yield f"{name}.{member}"


def test_no_name_is_missing(ours: dict[str, Any], reference: dict[str, Any]) -> None:
    assert sorted(missing_names(ours, reference)) == []


def test_enumerations_have_the_same_values(ours: dict[str, Any], reference: dict[str, Any]) -> None:
    differing = [
        f"{name}.{member}"
        for name, members in reference["enumerations"].items()
        for member, value in members.items()
        if ours["enumerations"].get(name, {}).get(member, value) != value
    ]
    assert differing == []


def numbers_of_arguments(refusal: str) -> set[int]:
    """Of ``F(...): expected F(a: int, b: int = 0, /) or F(a: int, /)``."""
    numbers: set[int] = set()
    for form in refusal.partition(": expected ")[2].split(" or "):
        definition = ast.parse(f"def {form}: ...").body[0]
        assert isinstance(definition, ast.FunctionDef)
        given = definition.args.posonlyargs + definition.args.args
        most = len([argument for argument in given if argument.arg != "self"])
        numbers.update(range(most - len(definition.args.defaults), most + 1))
    return numbers


def test_the_numbers_of_arguments_are_accepted(
    ours: dict[str, Any], reference: dict[str, Any]
) -> None:
    given = {**reference["functions"]}
    refusals = {**ours["functions"]}
    for owner, methods in reference["classes"].items():
        given |= {f"{owner}.{method}": number for method, number in methods.items()}
        refusals |= {f"{owner}.{method}": text for method, text in ours["classes"][owner].items()}
    differing = {
        name: (number, refusals[name])
        for name, number in given.items()
        if number is not None
        and name in refusals
        and number not in numbers_of_arguments(refusals[name])
    }
    assert differing == {}


def test_every_function_says_what_it_expects(ours: dict[str, Any]) -> None:
    """Nothing in the module is unknown to the generator, which writes types and refusals."""
    refusals = ours["functions"] | {
        f"{owner}.{name}": text
        for owner, methods in ours["classes"].items()
        for name, text in methods.items()
    }
    silent = [name for name, text in refusals.items() if ": expected " not in (text or "")]
    assert silent == []
