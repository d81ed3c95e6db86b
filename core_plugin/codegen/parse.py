# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the SDK header with libclang."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from clang import cindex  # type: ignore[import-untyped]

from .docs import parse_comment
from .errors import GenerationError
from .model import (
    CType,
    Enumeration,
    EnumValue,
    Function,
    Header,
    Kind,
    OpaqueStruct,
    Parameter,
)
from .names import PREFIX

_SINCE = re.compile(r"ORTHANC_PLUGIN_SINCE_SDK (\d+)\.(\d+)\.(\d+)")
_VERSION_MACRO = "ORTHANC_PLUGINS_MINIMAL_{}_NUMBER"


def parse_header(header: Path, compiler_include: Path) -> Header:
    """Parse ``header``.

    ``compiler_include`` is the compiler's own include directory: PyPI's libclang has no builtin
    headers, and without ``stddef.h`` types would silently become ``int``. So any error that
    clang reports ends the generation.
    """
    options = cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
    arguments = ["-x", "c", "-std=c11", "-isystem", str(compiler_include)]
    try:
        unit = cindex.Index.create().parse(str(header), args=arguments, options=options)
    except cindex.TranslationUnitLoadError as error:
        raise GenerationError(f"clang cannot read {header}: {error}") from error
    _refuse_errors(unit.diagnostics)
    cursors = [c for c in unit.cursor.get_children() if _is_in(c, header)]
    return Header(
        version=_version(cursors, header),
        enumerations=tuple(_enumerations(cursors)),
        opaque_structs=tuple(_opaque_structs(cursors)),
        functions=tuple(_functions(cursors)),
    )


def _refuse_errors(diagnostics: Iterable[Any]) -> None:
    errors = [str(d) for d in diagnostics if d.severity >= cindex.Diagnostic.Error]
    if errors:
        raise GenerationError("clang reports errors in the header:\n" + "\n".join(errors))


def _is_in(cursor: Any, header: Path) -> bool:
    file = cursor.location.file
    return file is not None and Path(file.name) == header


def _version(cursors: Iterable[Any], header: Path) -> tuple[int, int, int]:
    numbers = {
        cursor.spelling: [token.spelling for token in cursor.get_tokens()][1:]
        for cursor in cursors
        if cursor.kind == cindex.CursorKind.MACRO_DEFINITION
    }
    try:
        major, minor, revision = (
            int(numbers[_VERSION_MACRO.format(part)][0]) for part in ("MAJOR", "MINOR", "REVISION")
        )
    except (KeyError, IndexError, ValueError) as error:
        raise GenerationError(f"{header} does not say which SDK version it is") from error
    return major, minor, revision


def _enumerations(cursors: Iterable[Any]) -> Iterator[Enumeration]:
    for cursor in _typedefs(cursors, Kind.ENUM):
        declaration = cursor.underlying_typedef_type.get_canonical().get_declaration()
        values = tuple(
            EnumValue(child.spelling, child.enum_value, parse_comment(child.raw_comment))
            # attributes are children too; the value that fixes the size begins with "_"
            for child in declaration.get_children()
            if child.kind == cindex.CursorKind.ENUM_CONSTANT_DECL
            and not child.spelling.startswith("_")
        )
        yield Enumeration(cursor.spelling, values, parse_comment(cursor.raw_comment))


def _opaque_structs(cursors: Iterable[Any]) -> Iterator[OpaqueStruct]:
    for cursor in _typedefs(cursors, Kind.STRUCT):
        declaration = cursor.underlying_typedef_type.get_canonical().get_declaration()
        if declaration.get_definition() is None:
            yield OpaqueStruct(cursor.spelling, parse_comment(cursor.raw_comment))


def _typedefs(cursors: Iterable[Any], kind: Kind) -> Iterator[Any]:
    for cursor in cursors:
        if (
            cursor.kind == cindex.CursorKind.TYPEDEF_DECL
            and cursor.spelling.startswith(PREFIX)
            and _KINDS.get(cursor.underlying_typedef_type.get_canonical().kind) is kind
        ):
            yield cursor


def _functions(cursors: Iterable[Any]) -> Iterator[Function]:
    seen = set()
    for cursor in cursors:
        if cursor.kind != cindex.CursorKind.FUNCTION_DECL or not cursor.spelling.startswith(PREFIX):
            continue
        if cursor.spelling in seen:
            continue
        seen.add(cursor.spelling)
        yield Function(
            name=cursor.spelling,
            result=_type(cursor.result_type),
            parameters=tuple(
                Parameter(argument.spelling, _type(argument.type))
                for argument in cursor.get_arguments()
            ),
            line=cursor.location.line,
            doc=parse_comment(cursor.raw_comment),
            since=_since(cursor),
        )


def _since(cursor: Any) -> tuple[int, int, int] | None:
    for child in cursor.get_children():
        found = _SINCE.fullmatch(child.spelling)
        if child.kind == cindex.CursorKind.ANNOTATE_ATTR and found:
            major, minor, revision = map(int, found.groups())
            return major, minor, revision
    return None


_KINDS = {
    cindex.TypeKind.VOID: Kind.VOID,
    cindex.TypeKind.CHAR_S: Kind.CHAR,
    cindex.TypeKind.CHAR_U: Kind.CHAR,
    cindex.TypeKind.FLOAT: Kind.FLOAT,
    cindex.TypeKind.DOUBLE: Kind.FLOAT,
    cindex.TypeKind.ENUM: Kind.ENUM,
    cindex.TypeKind.RECORD: Kind.STRUCT,
    cindex.TypeKind.POINTER: Kind.POINTER,
    cindex.TypeKind.FUNCTIONPROTO: Kind.FUNCTION,
    cindex.TypeKind.FUNCTIONNOPROTO: Kind.FUNCTION,
} | dict.fromkeys(
    (
        cindex.TypeKind.SCHAR,
        cindex.TypeKind.UCHAR,
        cindex.TypeKind.SHORT,
        cindex.TypeKind.USHORT,
        cindex.TypeKind.INT,
        cindex.TypeKind.UINT,
        cindex.TypeKind.LONG,
        cindex.TypeKind.ULONG,
        cindex.TypeKind.LONGLONG,
        cindex.TypeKind.ULONGLONG,
    ),
    Kind.INTEGER,
)


def _type(clang_type: Any) -> CType:
    canonical = clang_type.get_canonical()
    const = clang_type.is_const_qualified()
    name = clang_type.get_declaration().spelling or clang_type.spelling.removeprefix("const ")
    kind = _KINDS.get(canonical.kind, Kind.OTHER)
    if kind is Kind.POINTER:
        target = _type(canonical.get_pointee())
        if target.kind is Kind.FUNCTION:
            return CType(Kind.FUNCTION, name, const)
        # the written pointee keeps typedef names, which the canonical one has lost
        if clang_type.kind == cindex.TypeKind.POINTER:
            target = _type(clang_type.get_pointee())
        return CType(Kind.POINTER, name, const, target)
    return CType(kind, name, const)
