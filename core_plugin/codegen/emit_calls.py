# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes calls.cpp: the bindings once more, for arguments that come in a CALL frame."""

from __future__ import annotations

from .remote_calls import RemoteCall, remote_calls
from .surface import Argument, Call, Surface

_PROLOGUE = """\
// Generated from the SDK header of Orthanc {version}; do not edit.
#include "dispatch/calls.h"

namespace orthanc_runtime::calls {{

"""
_EPILOGUE = "\n}  // namespace orthanc_runtime::calls\n"


def calls_cpp(surface: Surface) -> str:
    """``generated``: an executor for each CALL that a rule covers."""
    lines: list[str] = []
    calls = remote_calls(surface)
    for remote in calls:
        lines += [*_executor(remote), ""]
    lines += ["const Table& generated() {", "  static const Table table{"]
    lines += [f'      {{"{remote.name}", {_identifier(remote)}}},' for remote in calls]
    lines += ["  };", "  return table;", "}"]
    return _PROLOGUE.format(version=surface.version_text) + "\n".join(lines) + _EPILOGUE


def _identifier(remote: RemoteCall) -> str:
    return f"call_{remote.name.replace('.', '_')}"


def _executor(remote: RemoteCall) -> list[str]:
    call = remote.binding.call
    assert call is not None
    return [
        f"static CallReply {_identifier(remote)}(Arguments& given) {{",
        *(f"  {statement}" for statement in _body(call)),
        "}",
    ]


def _body(call: Call) -> list[str]:
    lines = [f"const {call.self_type} self(given);"] if call.owner else []
    lines += [_declaration(argument) for argument in call.arguments]
    lines.append("given.end();")
    setups = [*(argument.setup for argument in call.arguments), call.self_setup]
    lines += [setup for setup in setups if setup]
    lines += [output.declaration for output in call.outputs]
    c_call = f"{call.c_name}({', '.join(call.expressions)})"
    if not call.result.check and not call.result.conversion:
        lines.append(f"call_sdk([&] {{ {c_call}; }});")
    else:
        lines.append(f"const auto result = call_sdk([&] {{ return {c_call}; }});")
    if call.result.check:
        lines.append(call.result.check)
    values = [output.conversion for output in call.returned]
    if call.presence is not None:
        missing = ", ".join(["nothing()"] * len(values))
        lines.append(
            f"if ({call.presence.name}_ == 0) {{ return reply(given.origin(), {missing}); }}"
        )
    if call.result.conversion:
        values = [call.result.conversion]
    return [*lines, f"return reply({', '.join(['given.origin()', *values])});"]


def _declaration(argument: Argument) -> str:
    cpp_type = argument.cpp_type.removeprefix("const ").removesuffix("&")
    if cpp_type in ("float", "double"):
        return f"const {cpp_type} {argument.variable} = to_float(given);"
    if cpp_type.endswith("*"):
        handle = cpp_type.removeprefix("SdkObject<").removesuffix(">*")
        return f"const OptionalObject<{handle}> {argument.variable}(given);"
    return f"const {cpp_type} {argument.variable}(given);"
