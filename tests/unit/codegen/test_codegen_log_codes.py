# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each code has one meaning: once in the table, once in the docs, and somewhere in the sources."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from codegen.log_codes import camel_case, log_codes_h

from orthanc_runtime.log_codes import LogCode, LogLevel

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
TABLE = ROOT / "orthanc_runtime" / "log_codes.py"
LEVELS = {"error": LogLevel.ERROR, "warning": LogLevel.WARNING, "information": LogLevel.INFO}
COLUMNS = 5


def rows() -> list[list[str]]:
    """The cells of the rows about codes in the docs."""
    lines = (ROOT / "docs" / "log-codes.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0].startswith("ORT-")]


def sources() -> str:
    """All C++ and Python that could use a code, but the table."""
    files = [
        *(ROOT / "core_plugin" / "src").rglob("*.cpp"),
        *(ROOT / "core_plugin" / "src").rglob("*.h"),
        *(ROOT / "orthanc_runtime").rglob("*.py"),
        *(ROOT / "workers").rglob("*.py"),
    ]
    return "\n".join(file.read_text() for file in files if file != TABLE)


def test_each_code_is_documented_once() -> None:
    assert Counter(row[0] for row in rows()) == Counter(code.text for code in LogCode)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_row_of_a_code(row: list[str]) -> None:
    """Level as in the table; meaning, cause and action are said."""
    assert len(row) == COLUMNS
    (level,) = [code.level for code in LogCode if code.text == row[0]]
    assert LEVELS[row[1]] is level
    assert all(cell.endswith(".") for cell in row[2:])


def test_a_number_stands_once_in_the_table() -> None:
    """An enumeration would take the second one for another name of the first."""
    declared = re.findall(r"^    ([A-Z_]+) = (\d+), _[EWI]$", TABLE.read_text(), re.MULTILINE)
    assert len({number for _, number in declared}) == len(declared) == len(LogCode)


def test_each_code_is_used() -> None:
    text = sources()
    used = set(re.findall(r"LogCode(?:::|\.)(\w+)", text))
    unused = [code.name for code in LogCode if not {code.name, camel_case(code.name)} & used]
    assert not unused


def test_only_codes_of_the_table_are_used() -> None:
    known = {code.name for code in LogCode} | {camel_case(code.name) for code in LogCode}
    used = set(re.findall(r"LogCode(?:::|\.)(\w+)", sources()))
    assert used <= known


def test_no_line_goes_past_the_codes() -> None:
    """The functions of the SDK that log are called in one place."""
    calls = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "core_plugin" / "src").rglob("*.[ch]*")
        if re.search(r"OrthancPluginLog(Error|Warning|Info|Message)\(", file.read_text())
    ]
    assert calls == ["core_plugin/src/dispatch/log_writer.cpp"]


def test_the_header_has_the_same_table() -> None:
    header = log_codes_h(TABLE)
    for code in LogCode:
        assert f"  {camel_case(code.name)} = {code.value},\n" in header
        case = f"case {code.value}:\n      level = LogLevel::{camel_case(code.level.name)};"
        assert case in header
