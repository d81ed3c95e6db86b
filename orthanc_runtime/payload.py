# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a frame that calls an offloaded function, or answers such a call.

Little endian::

     0         4         8              16
    +---------+---------+--------------+-----------------+ pad +--------+ pad +----------+
    | format  | count n |  pickle len  | n buffer lengths| 16  | pickle | 16  | buffer 1 | ...
    |    4    |    4    |      8       |      8 each     |     |        |     |          |
    +---------+---------+--------------+-----------------+-----+--------+-----+----------+

``format`` is 2. The pickle has protocol 5; memory that its objects expose (arrays of numpy,
for one) travels beside it, at multiples of 16 bytes, and is never copied on the way out, nor on
the way in where the body is writable memory. So do arguments and results that are large ``bytes``,
which are copied once on the way in; the highest bit of their lengths is set. What pickle refuses,
lambdas and local classes for example, is pickled by dill; both are read alike.

Short calls and results of plain types are written and read in C++ (``bindings/plain_pickle.cpp``).

A call is ``(arguments, keywords)``, a result the value itself, a failure the exception.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeAlias

from .carried import carrying
from .errors import NotTransferable, RemoteError, RemoteTraceback
from .protocol import MAXIMUM_BODY, ProtocolError

Buffer: TypeAlias = bytes | bytearray | memoryview
Split: TypeAlias = tuple[Buffer, list[Buffer]]
"""Pickle and buffers of a body, each an object of its own."""

FORMAT = 2
_PREFIX = struct.Struct("<IIQ")
_IS_BYTES = 1 << 63
_ALIGNMENT = 16
_IN_BAND = 4096  # smaller buffers cost more beside the pickle than copied into it
_JOINED = 64 * 1024  # smaller bodies are one piece
_MAXIMUM_BUFFERS = 2**20
# Nothing in these needs more than the pickler: no memory beside it, no object of the SDK.
_PLAIN = frozenset((type(None), bool, int, float, str, bytes))


def encode_call(
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    name: str = "the function",
    lent: list[Any] | None = None,
) -> list[Buffer]:
    """The parts of a body with the arguments of a call; ``name``, or an address, is for the error.

    ``lent`` takes objects of the SDK, see :mod:`orthanc_runtime.carried`. Raises NotTransferable
    naming the argument that cannot be pickled.
    """
    values = tuple(map(_beside, arguments))
    try:
        if not keywords:
            return _encode((values, {}), lent, _PLAIN.issuperset(map(type, values)))
        named = {key: _beside(value) for key, value in keywords.items()}
        return _encode((values, named), lent)
    except _Refused as refused:
        name = name.rpartition(":")[2]
        for label, value in (
            *((f"argument {number}", value) for number, value in enumerate(arguments, 1)),
            *((f"argument {key!r}", value) for key, value in keywords.items()),
        ):
            _check(value, f"{label} of {name}", None if lent is None else [])
        raise NotTransferable(f"the arguments of {name} cannot be sent: {refused}") from refused


def decode_call(body: Buffer | Split) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments and keywords. Raises NotTransferable, ProtocolError."""
    value = _decode(body, "the arguments")
    if not isinstance(value, tuple) or len(value) != 2:
        raise ProtocolError("the body of a call has no arguments")
    arguments, keywords = value
    return arguments, keywords


def encode_result(value: Any, name: str = "the function") -> list[Buffer]:
    """The parts of a body with the result of a call; ``name`` as before. Raises NotTransferable."""
    try:
        return _encode(_beside(value), plain=type(value) in _PLAIN and not _is_large(value))
    except _Refused as refused:
        name = name.rpartition(":")[2]
        raise NotTransferable(
            f"the result of {name}, {_describe(value)}, cannot be sent: {refused}"
        ) from refused


def decode_result(body: Buffer) -> Any:
    """The result of a call. Raises NotTransferable, ProtocolError."""
    return _decode(body, "the result") if len(body) else None


def encode_exception(error: BaseException) -> list[Buffer]:
    """The parts of a body with an exception; none where it does not survive the journey.

    Many exceptions pickle and cannot be unpickled, so it is tried here, where its text and its
    traceback are still at hand.
    """
    try:
        parts = _encode(error)
        survivor = _decode(b"".join(parts), "the exception")
    except Exception:  # noqa: BLE001 - any code of the user's can run here
        return []
    return parts if type(survivor) is type(error) else []


def decode_failure(head: Sequence[Any], body: Buffer) -> BaseException:
    """The exception to raise for a FAILED frame with this head and body.

    The original where it could be carried, else RemoteError; its ``__cause__`` has the text of
    the worker's traceback.
    """
    kind, message, text = str(head[0]), str(head[1]), str(head[2])
    error: BaseException | None = None
    if len(body):
        try:
            decoded = _decode(body, "the exception")
        except Exception:  # noqa: BLE001 - any code of the user's can run here
            decoded = None
        if isinstance(decoded, BaseException):
            error = decoded
    if error is None:
        error = RemoteError(f"{kind}: {message}" if message else kind)
    error.__cause__ = RemoteTraceback(text)
    return error


class _Refused(Exception):  # noqa: N818
    """Neither pickle nor dill can do it."""


def _is_large(value: Any) -> bool:
    return type(value) is bytes and len(value) >= _IN_BAND


def _beside(value: Any) -> Any:
    """Large bytes as what travels beside the pickle."""
    return pickle.PickleBuffer(value) if _is_large(value) else value


def _encode(value: Any, lent: list[Any] | None = None, plain: bool = False) -> list[Buffer]:
    packed, views = (pickle.dumps(value, protocol=5), []) if plain else _pickle(value, lent)
    if not views and len(packed) <= _JOINED:
        return [_PREFIX.pack(FORMAT, 0, len(packed)) + packed]
    prefix = struct.pack(
        f"<IIQ{len(views)}Q", FORMAT, len(views), len(packed), *map(_marked_length, views)
    )
    parts: list[Buffer] = []
    length = 0
    pieces: list[Buffer] = [prefix, packed, *views]
    for part in pieces:
        if length % _ALIGNMENT:
            parts.append(bytes(-length % _ALIGNMENT))
            length += -length % _ALIGNMENT
        parts.append(part)
        length += len(part)
    if length > MAXIMUM_BODY:
        raise _Refused(f"it has {length} bytes, at most {MAXIMUM_BODY} are possible")
    return parts


def _marked_length(view: memoryview) -> int:
    return view.nbytes | _IS_BYTES if type(view.obj) is bytes else view.nbytes


def _pickle(value: Any, lent: list[Any] | None) -> tuple[bytes, list[memoryview]]:
    views: list[memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        view = buffer.raw()
        if view.nbytes < _IN_BAND or len(views) == _MAXIMUM_BUFFERS:
            return True  # into the pickle
        views.append(view)
        return False

    with carrying(lent):
        try:
            return pickle.dumps(value, protocol=5, buffer_callback=keep), views
        except Exception as error:  # noqa: BLE001 - pickle refuses with many types of errors
            refusal = f"{type(error).__name__}: {error}"
        if lent is not None:
            lent.clear()
        from . import by_value  # not before it is needed: dill takes a while to import

        try:
            return by_value.dumps(value), []
        except Exception as error:
            raise _Refused(refusal) from error


def _decode(body: Buffer | Split, what: str) -> Any:
    packed, buffers = body if isinstance(body, tuple) else _split(memoryview(body))
    try:
        return pickle.loads(packed, buffers=buffers)
    except Exception as error:  # noqa: BLE001 - any code of the user's can run here
        refuse(what, error)


def refuse(what: str, error: BaseException) -> NoReturn:
    """Raise what unpickling has raised as NotTransferable about ``what``."""
    if not isinstance(error, Exception):
        raise error
    raise NotTransferable(
        f"{what} cannot be unpickled here: {type(error).__name__}: {error}"
    ) from error


def _split(view: memoryview) -> Split:
    if len(view) < _PREFIX.size:
        raise ProtocolError(f"the body of a call has {len(view)} bytes")
    body_format, count, first = _PREFIX.unpack_from(view)
    start = _PREFIX.size + 8 * count
    if body_format != FORMAT or count > _MAXIMUM_BUFFERS or start > len(view):
        raise ProtocolError(f"the body of a call begins with {bytes(view[:16]).hex()}")
    if not count and start + first == len(view):
        return view[start:], []
    lengths = struct.unpack_from(f"<{count}Q", view, _PREFIX.size)
    pieces: list[Buffer] = []
    for marked in (first, *lengths):
        length = marked & ~_IS_BYTES
        start += -start % _ALIGNMENT
        if start + length > len(view):
            raise ProtocolError("the body of a call is shorter than its lengths say")
        piece = view[start : start + length]
        # Objects that were writable must be so again.
        pieces.append(
            bytes(piece)
            if marked & _IS_BYTES
            else bytearray(piece)
            if view.readonly and pieces
            else piece
        )
        start += length
    packed, *buffers = pieces
    return packed, buffers


def _check(value: Any, label: str, lent: list[Any] | None) -> None:
    try:
        _encode(value, lent)
    except _Refused as refused:
        raise NotTransferable(
            f"{label}, {_describe(value)}, cannot be sent to a worker: {refused}"
        ) from refused


def _describe(value: Any) -> str:
    return f"an object of type {type(value).__module__}.{type(value).__qualname__}".replace(
        "builtins.", ""
    )
