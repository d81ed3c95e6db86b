# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Arguments, results and exceptions of function calls."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from orthanc_runtime import payload
from orthanc_runtime.errors import NotTransferable, RemoteError
from orthanc_runtime.protocol import ProtocolError

pytestmark = pytest.mark.unit


def joined(parts: list[payload.Buffer]) -> bytearray:
    return bytearray(b"".join(parts))


def test_a_call_survives() -> None:
    body = joined(payload.encode_call((1, "grün", None), {"key": b"\0" * 5000}))
    assert payload.decode_call(body) == ((1, "grün", None), {"key": b"\0" * 5000})
    assert payload.decode_call(bytes(body))[0] == (1, "grün", None)


def test_results_survive() -> None:
    for value in (None, 0, "x" * 100_000, {"a": [1.5, {2}]}, Ellipsis):
        assert payload.decode_result(joined(payload.encode_result(value))) == value
    assert payload.decode_result(b"") is None


def test_arrays_travel_beside_the_pickle() -> None:
    numpy = pytest.importorskip("numpy")
    large = numpy.arange(10_000, dtype="f8").reshape(100, 100)
    fixed = numpy.arange(10_000, dtype="u2")
    fixed.flags.writeable = False
    parts = payload.encode_call((large, fixed, large[:2, :2]), {})
    assert any(numpy.shares_memory(numpy.frombuffer(part, "u1"), large) for part in parts)
    body = joined(parts)
    (first, second, third), _ = payload.decode_call(body)
    assert (first == large).all()
    assert (second == fixed).all()
    assert (third == large[:2, :2]).all()
    assert numpy.shares_memory(first, numpy.frombuffer(body, "u1"))
    assert first.ctypes.data % 16 == 0
    assert (first.flags.writeable, second.flags.writeable) == (True, False)
    first += 1  # in place, in the memory of the body


def test_arrays_from_a_body_that_cannot_change_are_writable_copies() -> None:
    numpy = pytest.importorskip("numpy")
    body = bytes(joined(payload.encode_result(numpy.zeros(10_000))))
    array = payload.decode_result(body)
    array += 1
    assert array.sum() == 10_000


def test_what_pickle_refuses_goes_with_dill() -> None:
    factor = 3

    class Local:
        value = 5

    body = joined(payload.encode_call((lambda x: x * factor, Local), {}))
    (function, local), _ = payload.decode_call(body)
    assert (function(2), local.value) == (6, 5)


def test_large_bytes_go_along_with_what_dill_sends() -> None:
    data = b"x" * 100_000
    body = joined(payload.encode_call((lambda x: len(x), data), {"key": data}))
    (function, sent), keywords = payload.decode_call(body)
    assert (function(sent), sent, keywords) == (100_000, data, {"key": data})
    assert type(sent) is bytes


class Refusing:
    def __reduce__(self) -> Any:
        raise TypeError("never")


@pytest.mark.parametrize(
    ("arguments", "keywords", "text"),
    [
        ((1, Refusing()), {}, r"argument 2 of f, an object of type .*Refusing"),
        ((), {"key": Refusing()}, r"argument 'key' of f, .*TypeError: never"),
        (([Refusing()],), {}, r"argument 1 of f, an object of type list"),
        ((threading.Lock(),), {}, r"argument 1 of f, an object of type _thread.lock"),
        ((threading.RLock(),), {}, r"argument 1 of f, an object of type _thread.RLock"),
        ((lambda: 1, sys.__stdout__), {}, r"argument 2 of f, an object of type _io.TextIOWrapper"),
        ((sys._getframe(),), {}, r"argument 1 of f, an object of type frame"),
    ],
)
def test_what_cannot_be_sent_is_named(
    arguments: tuple[Any, ...], keywords: dict[str, Any], text: str
) -> None:
    with pytest.raises(NotTransferable, match=text):
        payload.encode_call(arguments, keywords, "f")


def test_a_result_that_cannot_be_sent_is_named() -> None:
    with pytest.raises(NotTransferable, match=r"result of f, an object of type .*Refusing.*never"):
        payload.encode_result(Refusing(), "f")


def test_what_cannot_be_unpickled_is_named() -> None:
    body = joined(payload.encode_result(Unloadable()))
    with pytest.raises(NotTransferable, match="the result cannot be unpickled here: OSError: gone"):
        payload.decode_result(body)


def _raise_gone() -> None:
    raise OSError("gone")


class Unloadable:
    def __reduce__(self) -> Any:
        return _raise_gone, ()


class TwoArgumentsError(Exception):
    """Pickles, and cannot be unpickled: a common mistake."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")


class KeptError(ValueError):
    pass


def head(error: BaseException) -> list[Any]:
    return [type(error).__name__, str(error), "Traceback of the worker", None]


def test_an_exception_keeps_type_arguments_and_traceback() -> None:
    error = KeptError("a", 1)
    error.add_note("note")
    error.extra = 5  # type: ignore[attr-defined]
    carried = payload.decode_failure(head(error), joined(payload.encode_exception(error)))
    assert type(carried) is KeptError
    assert (carried.args, carried.__notes__) == (("a", 1), ["note"])
    assert carried.extra == 5  # type: ignore[attr-defined]
    assert "Traceback of the worker" in str(carried.__cause__)


@pytest.mark.parametrize(
    "error", [TwoArgumentsError(1, "x"), KeptError(Refusing()), KeptError(Unloadable())]
)
def test_an_exception_that_does_not_survive_is_told(error: Exception) -> None:
    parts = payload.encode_exception(error)
    assert parts == []
    carried = payload.decode_failure(head(error), joined(parts))
    assert type(carried) is RemoteError
    assert type(error).__name__ in str(carried)
    assert "Traceback of the worker" in str(carried.__cause__)


def test_a_carried_exception_that_is_none_is_told() -> None:
    damaged = joined(payload.encode_result("no exception"))
    carried = payload.decode_failure(["Local", "text", "", None], damaged)
    assert type(carried) is RemoteError
    assert str(carried) == "Local: text"


@pytest.mark.parametrize(
    "body",
    [
        b"x",
        b"\0" * 16,
        b"\1\0\0\0" + b"\0" * 12,
        b"\2\0\0\0\xff\xff\xff\xff" + b"\0" * 8,
        b"\2\0\0\0\0\0\0\0\xff\0\0\0\0\0\0\0",
        b"\2\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff" + b"\0" * 32,
    ],
)
def test_a_damaged_body_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError, match="body of a call"):
        payload.decode_call(body)


def test_truncated_bodies_are_errors() -> None:
    body = joined(payload.encode_call((1, "two"), {"three": 3}))
    for length in range(len(body)):
        with pytest.raises((ProtocolError, NotTransferable)):
            payload.decode_call(body[:length])
