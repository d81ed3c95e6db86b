# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The made-up header, parsed and resolved."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "core_plugin"))

from codegen.model import Header  # noqa: E402
from codegen.overrides import (  # noqa: E402
    Addition,
    ClassOverride,
    Overrides,
    hand,
    internal,
)
from codegen.parse import parse_header  # noqa: E402
from codegen.resolve import resolve  # noqa: E402
from codegen.surface import Surface  # noqa: E402

OVERRIDES = Overrides(
    functions={
        "GetName": internal("the plugin defines it"),
        "FreeString": internal("strings are copied"),
        "KeepLarge": hand("(value: str | Buffer, /) -> None", name="KeepAll"),
        "Watch": internal("takes a callback"),
    },
    classes={
        "Lamp": ClassOverride(hook="bind_lamp", has_buffer=True),
        "Visit": ClassOverride("Visitor", "VisitUse", "bind_visit"),
    },
    additions=(Addition("Wave", "(self) -> None", "Wave a hand.", owner="Visit"),),
    nullable=frozenset({("Ask", "body")}),
    never_null=frozenset({"GetHouse"}),
    functions_since={"Bow": (1, 2, 0), "Fly": (1, 3, 0), "KeepLarge": (1, 2, 3)},
    answering=frozenset({"Bow"}),
    signatures={
        "Bow": (
            "(self, body: str | Buffer, /) -> None",
            "(self, body: str | Buffer, bodySize: int, /) -> None",
        )
    },
)


@pytest.fixture(scope="session")
def data() -> Path:
    return ROOT / "tests" / "data" / "codegen"


@pytest.fixture(scope="session")
def compiler_include() -> Path:
    found = sorted(Path("/usr/lib/gcc").glob("*/*/include/stddef.h"))
    assert found, "no compiler with a stddef.h in /usr/lib/gcc"
    return found[-1].parent


@pytest.fixture(scope="session")
def header(data: Path, compiler_include: Path) -> Header:
    return parse_header(data / "header.h", compiler_include)


@pytest.fixture(scope="session")
def overrides() -> Overrides:
    return OVERRIDES


@pytest.fixture(scope="session")
def surface(header: Header) -> Surface:
    return resolve(header, OVERRIDES)
