# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes orthanc-stubs/__init__.pyi: types and docstrings for editors and type checkers."""

from __future__ import annotations

from collections.abc import Iterable

from .emit_cpp import documentation
from .emit_python import docstring_literal, enum_class
from .names import without_prefix
from .surface import Binding, BoundClass, Surface

_PROLOGUE = """\
# Generated from the SDK header of Orthanc {version}; do not edit.
from collections.abc import Callable as Callable, Iterable as Iterable, Mapping as Mapping
from typing import Any as Any, overload

import orthanc_runtime.jobs
import orthanc_runtime.rest_request
import orthanc_runtime.uploads
import orthanc_runtime.webdav
from orthanc_runtime.enums import OrthancEnum
from orthanc_runtime.errors import OrthancException as OrthancException
from typing_extensions import Buffer

"""


def stubs_pyi(surface: Surface) -> str:
    """The stub of the module ``orthanc``."""
    parts = [_PROLOGUE.format(version=surface.version_text)]
    parts += [enum_class(enumeration) for enumeration in surface.enumerations]
    parts += [_class(bound) for bound in surface.classes]
    parts += ["\n".join(_function(binding, "")) + "\n" for binding in surface.functions]
    exported = ["OrthancException", *(without_prefix(e.name) for e in surface.enumerations)]
    exported += [bound.name for bound in surface.classes]
    exported += [binding.name for binding in surface.functions]
    listed = "\n".join(f'    "{name}",' for name in sorted(exported))
    parts.append(f"__all__ = [\n{listed}\n]\n")
    return "\n".join(parts)


def _class(bound: BoundClass) -> str:
    lines = [f"class {bound.name}:"]
    if bound.doc.text:
        lines += [f"    {docstring_literal(bound.doc.text)}", ""]
    if bound.has_buffer:
        lines.append("    def __buffer__(self, flags: int, /) -> memoryview: ...")
    elif not bound.methods:
        lines.append("    ...")
    for method in bound.methods:
        lines += _function(method, "    ")
    lines += [f"    {alias} = {name}" for alias, name in bound.aliases]
    return "\n".join([*lines, ""])


def _function(binding: Binding, indent: str) -> Iterable[str]:
    signatures = binding.signatures
    for index, signature in enumerate(signatures):
        if len(signatures) > 1:
            yield f"{indent}@overload"
        text = documentation(binding, headed=False) if index == 0 else ""
        yield f"{indent}def {signature}:" + ("" if text else " ...")
        if text:
            yield f"{indent}    {docstring_literal(text, indent + '    ')}"
