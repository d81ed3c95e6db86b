# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The header as frozen data, and what makes the generation stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from codegen.errors import GenerationError
from codegen.model import Header, Kind
from codegen.parse import parse_header

pytestmark = pytest.mark.unit

VERSION = """
#define ORTHANC_PLUGINS_MINIMAL_MAJOR_NUMBER 1
#define ORTHANC_PLUGINS_MINIMAL_MINOR_NUMBER 0
#define ORTHANC_PLUGINS_MINIMAL_REVISION_NUMBER 0
"""


def test_version_comes_from_the_macros(header: Header) -> None:
    assert header.version == (1, 2, 3)


def test_enumerations_have_no_attributes_and_no_size_guard(header: Header) -> None:
    colour = next(e for e in header.enumerations if e.name == "OrthancPluginColour")
    assert [(v.name, v.value) for v in colour.values] == [
        ("OrthancPluginColour_Red", 1),
        ("OrthancPluginColour_DarkRed", 2),
        ("OrthancPluginColour_RGB24", 16),
    ]
    assert colour.values[1].doc.text == "Not bright"


def test_only_declared_structs_are_opaque(header: Header) -> None:
    assert [s.name for s in header.opaque_structs] == ["OrthancPluginLamp", "OrthancPluginVisit"]
    assert header.opaque_structs[0].doc.text == "A lamp."


def test_functions_of_other_headers_are_not_seen(header: Header) -> None:
    assert all(f.name.startswith("OrthancPlugin") for f in header.functions)


def test_typedef_names_survive(header: Header) -> None:
    keep = next(f for f in header.functions if f.name == "OrthancPluginKeep")
    assert keep.result.name == "OrthancPluginErrorCode"
    assert [p.type.name for p in keep.parameters][-1] == "uint32_t"
    watch = next(f for f in header.functions if f.name == "OrthancPluginWatch")
    assert (watch.parameters[1].type.kind, watch.parameters[1].type.name) == (
        Kind.FUNCTION,
        "OrthancPluginWatcher",
    )


def test_an_old_style_callback_is_a_function_too(tmp_path: Path, compiler_include: Path) -> None:
    path = tmp_path / "h.h"
    path.write_text(
        VERSION + "typedef void (*OrthancPluginTick)();"
        "void OrthancPluginOn(OrthancPluginTick tick);"
    )
    (function,) = parse_header(path, compiler_include).functions
    assert function.parameters[0].type.kind is Kind.FUNCTION


def test_without_the_compilers_headers_it_stops(data: Path, tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match=r"stddef\.h"):
        parse_header(data / "header.h", tmp_path)


def test_any_error_of_clang_stops_it(tmp_path: Path, compiler_include: Path) -> None:
    path = tmp_path / "h.h"
    path.write_text(VERSION + "void OrthancPluginOn(unknown_t x);")
    with pytest.raises(GenerationError, match="unknown_t"):
        parse_header(path, compiler_include)


def test_a_header_without_version_is_refused(tmp_path: Path, compiler_include: Path) -> None:
    path = tmp_path / "h.h"
    path.write_text("void OrthancPluginOn(void);")
    with pytest.raises(GenerationError, match="SDK version"):
        parse_header(path, compiler_include)


def test_a_missing_header_is_named(tmp_path: Path, compiler_include: Path) -> None:
    with pytest.raises(GenerationError, match=r"absent\.h"):
        parse_header(tmp_path / "absent.h", compiler_include)
