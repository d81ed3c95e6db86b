# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments of the SDK's functions on their way into a CALL frame, and results on their way back.

The kinds are those of ``orthanc_runtime.sdk.CALLS``. Checks and errors are those of the bindings
in the master: a frame that Orthanc would refuse costs the worker its life, so none is sent.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from .calls import Data

Encoder = Callable[[Any, list[Data]], object]
"""From an argument to what the head carries; bytes are added to the list."""
Decoder = Callable[[Any, Data], Any]
"""From what the head carries, and the body of the reply."""

MAXIMUM_32 = 2**32 - 1

_INTEGER = re.compile(r"(u?)int(\d+)_t")


class WrongTypeError(Exception):
    """The argument is of a type that the function does not take."""


def encoder(kind: str, held: Mapping[str, type]) -> Encoder:
    """How arguments of this kind are sent; ``held`` are the classes of objects."""
    plain = kind.replace("?", "", 1)
    if plain != kind:
        return _optional(encoder(plain, held), b"" if plain.startswith("bytes") else None)
    if kind.startswith("object "):
        return _object_of(held[kind.partition(" ")[2]])
    integer = _INTEGER.fullmatch(kind)
    if integer:
        bits = int(integer[2])
        return (
            _integer(0, 2**bits - 1)
            if integer[1]
            else _integer(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        )
    return {
        "text": _text,
        "bytes32": _bytes32,
        "bytes64": _bytes,
        "float": _float,
        "headers": _headers,
    }[kind]


def decoder(kind: str, made: Mapping[str, Callable[[int], Any]]) -> Decoder:
    """How results of this kind are read; ``made`` are enumerations and classes of objects."""
    if kind in made:
        make = made[kind]
        return lambda value, body: make(value)  # noqa: ARG005
    return {
        "bytes": _read_bytes,
        "text": _read_text,
        "headers": _read_headers,
        "int": _read,
        "name": _read,
        "bool": _read,
    }[kind]


def _optional(encode: Encoder, empty: object) -> Encoder:
    def optional(value: Any, parts: list[Data]) -> object:
        if value is not None:
            return encode(value, parts)
        return 0 if empty == b"" else None

    return optional


def _text(value: Any, parts: list[Data]) -> object:  # noqa: ARG001
    if not isinstance(value, str):
        raise WrongTypeError
    if "\0" in value:
        raise ValueError("a string given to Orthanc cannot contain a NUL character")
    return value


def _bytes32(value: Any, parts: list[Data]) -> object:
    size = _bytes(value, parts)
    if size > MAXIMUM_32:
        raise ValueError(f"the data has {size} bytes, Orthanc's SDK takes at most {MAXIMUM_32}")
    return size


def _bytes(value: Any, parts: list[Data]) -> int:
    data: Data
    if isinstance(value, bytes):
        data = value
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
    else:
        try:
            view = memoryview(value)
        except TypeError:
            raise WrongTypeError from None
        if not view.c_contiguous:
            raise BufferError("memoryview: underlying buffer is not C-contiguous")
        data = view.cast("B") if view.nbytes else b""
    parts.append(data)
    return len(data)


def _integer(least: int, greatest: int) -> Encoder:
    def integer(value: Any, parts: list[Data]) -> object:  # noqa: ARG001
        if not hasattr(type(value), "__index__"):
            raise WrongTypeError
        number = operator.index(value)
        if not least <= number <= greatest:
            raise OverflowError(f"{number} is not between {least} and {greatest}")
        return int(number)

    return integer


def _float(value: Any, parts: list[Data]) -> object:  # noqa: ARG001
    if not isinstance(value, float) and not hasattr(type(value), "__float__"):
        raise WrongTypeError
    return float(value)


def _headers(value: Any, parts: list[Data]) -> object:  # noqa: ARG001
    if value is None:
        return None
    if not isinstance(value, dict) and not hasattr(value, "items"):
        raise WrongTypeError
    headers = dict(value)
    for text in (*headers, *headers.values()):
        if not isinstance(text, str):
            raise TypeError("names and values of HTTP headers must be strings")
        if "\0" in text:
            raise ValueError("a string given to Orthanc cannot contain a NUL character")
        if "\r" in text or "\n" in text:
            raise ValueError("an HTTP header cannot contain a line break")
    return headers


def _object_of(held: Any) -> Encoder:
    def number_of(value: Any, parts: list[Data]) -> object:  # noqa: ARG001
        if not isinstance(value, held):
            raise WrongTypeError
        number: int = value._number
        return number

    return number_of


def _read(value: Any, body: Data) -> Any:  # noqa: ARG001
    return value


def _read_bytes(value: Any, body: Data) -> Any:  # noqa: ARG001
    return body


def _read_text(value: Any, body: Data) -> Any:  # noqa: ARG001
    return str(body, "utf-8", "surrogateescape")


def _read_headers(value: Any, body: Data) -> Any:  # noqa: ARG001
    return json.loads(value) if value else {}
