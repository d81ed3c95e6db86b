# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes sdk.py: what both interpreters need to know about the SDK."""

from __future__ import annotations

from .model import Enumeration
from .names import enum_member, without_prefix
from .remote_calls import remote_calls
from .surface import Surface

_PROLOGUE = '''\
# Generated from the SDK header of Orthanc {version}; do not edit.
"""The enumerations and the names of Orthanc's SDK {version}."""

from __future__ import annotations

from .enums import OrthancEnum

SDK_VERSION_MAJOR = {major}
SDK_VERSION_MINOR = {minor}
SDK_VERSION_REVISION = {revision}
SDK_VERSION = "{version}"
'''


def sdk_py(surface: Surface) -> str:
    """The module ``orthanc_runtime.sdk``."""
    major, minor, revision = surface.version
    parts = [
        _PROLOGUE.format(version=surface.version_text, major=major, minor=minor, revision=revision)
    ]
    parts += [enum_class(enumeration) for enumeration in surface.enumerations]
    names = [f"    {without_prefix(e.name)}," for e in surface.enumerations]
    functions = [f"    {b.name!r}: {b.signatures!r}," for b in surface.functions]
    classes = [
        f"    {bound.name!r}: { {m.name: m.signatures for m in bound.methods}!r},"
        for bound in surface.classes
    ]
    calls = [
        f"    {call.name!r}: {(call.arguments, call.results)!r}," for call in remote_calls(surface)
    ]
    since = [f"    {name!r}: {version!r}," for name, version in surface.since]
    parts += [
        "ENUMERATIONS: tuple[type[OrthancEnum], ...] = (\n" + "\n".join(names) + "\n)\n",
        "# what SDK 1.10.1 has not, whether this one has it or not\n"
        "SINCE: dict[str, tuple[int, int, int]] = {\n" + "\n".join(since) + "\n}\n",
        "# every function of the module, with its call forms\n"
        "FUNCTIONS: dict[str, tuple[str, ...]] = {\n" + "\n".join(functions) + "\n}\n",
        "# what a worker can call, with the kinds of arguments and results\n"
        "CALLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {\n"
        + "\n".join(calls)
        + "\n}\n",
        "# every class of the module, with its methods and their call forms\n"
        "CLASSES: dict[str, dict[str, tuple[str, ...]]] = {\n" + "\n".join(classes) + "\n}\n",
    ]
    return "\n\n".join(parts)


def enum_class(enumeration: Enumeration) -> str:
    """One enumeration as a class statement."""
    lines = [f"class {without_prefix(enumeration.name)}(OrthancEnum):"]
    if enumeration.doc.text:
        lines += [f"    {docstring_literal(enumeration.doc.text)}", ""]
    for value in enumeration.values:
        lines.append(f"    {enum_member(enumeration.name, value.name)} = {value.value}")
        if value.doc.text:
            lines.append(f"    {docstring_literal(value.doc.text)}")
    return "\n".join([*lines, ""])


def docstring_literal(text: str, indent: str = "    ") -> str:
    """``text`` between triple quotes, indented for a class or function body."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped += " "
    lines = escaped.splitlines()
    body = "\n".join([lines[0], *(f"{indent}{line}" if line else "" for line in lines[1:])])
    return f'"""{body}\n{indent}"""' if len(lines) > 1 else f'"""{body}"""'
