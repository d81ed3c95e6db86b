# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which bindings a worker reaches by CALL frames, and what travels in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import GenerationError
from .surface import Argument, Binding, Surface

# What a worker records, or refuses, or knows by itself.
_NOT_CALLED = re.compile(
    r"Register|(ExtendOrthancExplorer|Set(Description|RootUri))2?$|Log(Error|Warning|Info)$"
)
_NOT_CALLED_BY_NAME = frozenset(
    {
        "GetConfiguration",
        "GetConfigurationPath",
        "GetOrthancDirectory",
        "GetOrthancPath",
        "ClearCurrentThreadName",
        "SetCurrentThreadName",
    }
)
_BY_CPP_TYPE = {
    "Text": "text",
    "OptionalText": "text?",
    "Bytes32": "bytes32",
    "Bytes64": "bytes64",
    "OptionalBytes32": "bytes32?",
    "OptionalBytes64": "bytes64?",
    "HttpHeaders": "headers",
    "float": "float",
}
_BY_PYTHON_TYPE = {
    "bytes": "bytes",
    "str": "text",
    "str | None": "text",
    "int": "int",
    "bool": "bool",
    "dict[str, str]": "headers",
}


@dataclass(frozen=True)
class RemoteCall:
    """One function of the SDK as a CALL."""

    name: str
    """``LookupPatient``, ``Image.GetImageWidth``."""
    binding: Binding
    arguments: tuple[str, ...]
    """Kinds: ``text``, ``uint32_t``, ``object Image``; a question mark allows None."""
    results: tuple[str, ...]
    """Kinds: ``bytes``, ``int``, or the name of an enumeration or a class."""


def remote_calls(surface: Surface) -> tuple[RemoteCall, ...]:
    """Everything that rules wrap, but registrations and the answer to a request."""
    return tuple(sorted(_remote_calls(surface), key=lambda call: call.name))


def _remote_calls(surface: Surface) -> Iterator[RemoteCall]:
    for binding in surface.functions:
        if not _NOT_CALLED.match(binding.name) and binding.name not in _NOT_CALLED_BY_NAME:
            yield from _remote_call(binding.name, binding, ())
    for bound in surface.classes:
        if bound.cpp_type == f"SdkObject<{bound.c_name}>":
            for method in bound.methods:
                yield from _remote_call(f"{bound.name}.{method.name}", method, (bound.name,))


def _remote_call(name: str, binding: Binding, owner: tuple[str, ...]) -> Iterator[RemoteCall]:
    call = binding.call
    if call is None:
        return
    arguments = [f"object {owner[0]}"] if owner else []
    arguments += [_argument_kind(argument) for argument in call.arguments]
    types = [output.python_type for output in call.returned]
    if not types and call.result.conversion:
        types = [call.result.python_type]
    results = tuple(_BY_PYTHON_TYPE.get(python_type, python_type) for python_type in types)
    if sum(kind in ("bytes", "text") for kind in results) > 1:
        raise GenerationError(f"{name} returns more than one text or buffer")
    yield RemoteCall(name, binding, tuple(arguments), results)


def _argument_kind(argument: Argument) -> str:
    cpp_type = argument.cpp_type.removeprefix("const ").removesuffix("&")
    integer = re.fullmatch(r"Integer<(?:std::)?(\w+)>", cpp_type)
    if integer:
        return "int32_t" if integer[1] == "int" else integer[1]
    if cpp_type.startswith("SdkObject<"):
        name = argument.python_type.removesuffix(" | None")
        return f"object{'?' if cpp_type.endswith('*') else ''} {name}"
    kind = _BY_CPP_TYPE.get(cpp_type)
    if kind is None:
        raise GenerationError(f"no CALL frame carries a {argument.cpp_type} ({argument.name})")
    return kind
