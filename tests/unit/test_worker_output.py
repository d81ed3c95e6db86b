# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a REST handler in a worker: the frames it makes, the arguments it takes."""

from __future__ import annotations

import array
import enum
import pickle
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from orthanc_runtime.errors import NotInWorker, OrthancException
from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.protocol import BAD_VALUE, Kind
from orthanc_runtime.workers.lane import Lane
from orthanc_runtime.workers.output import RestOutput

pytestmark = pytest.mark.unit


class Status(enum.IntEnum):
    GONE = 410


class Exchange:
    def __init__(self) -> None:
        here, there = socket.socketpair()
        here.settimeout(10)
        self.frames = FrameStream(here)
        self.lane = Lane(FrameStream(there))
        self.lane.task, self.lane.depth = 5, 1
        self.lane.output = self.output = RestOutput(self.lane)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    exchange = Exchange()
    yield exchange
    exchange.frames.close()


CALLS: list[tuple[str, tuple[Any, ...], list[Any], bytes]] = [
    ("AnswerBuffer", ("grün", "text/plain"), ["AnswerBuffer", "text/plain"], "grün".encode()),
    ("AnswerBuffer", (b"\0\xff", "a/b"), ["AnswerBuffer", "a/b"], b"\0\xff"),
    ("AnswerBuffer", (bytearray(b"x"), "a/b"), ["AnswerBuffer", "a/b"], b"x"),
    ("AnswerBuffer", (memoryview(b"abcd")[1:3], "a/b"), ["AnswerBuffer", "a/b"], b"bc"),
    ("AnswerBuffer", (array.array("H", [1, 2]), "a/b"), ["AnswerBuffer", "a/b"], b"\1\0\2\0"),
    ("AnswerBuffer", (b"x" * 200_000, "a/b"), ["AnswerBuffer", "a/b"], b"x" * 200_000),
    ("AnswerBuffer", ("", "a/b"), ["AnswerBuffer", "a/b"], b""),
    ("AnswerBuffer", (None, "a/b"), ["AnswerBuffer", "a/b"], b""),
    ("Redirect", ("/x",), ["Redirect", "/x"], b""),
    ("SendHttpStatus", (404, "gone"), ["SendHttpStatus", 404], b"gone"),
    ("SendHttpStatus", (Status.GONE, b"gone", 2), ["SendHttpStatus", 410], b"go"),
    ("SendHttpStatusCode", (503,), ["SendHttpStatusCode", 503], b""),
    ("SendMethodNotAllowed", ("GET,PUT",), ["SendMethodNotAllowed", "GET,PUT"], b""),
    ("SendUnauthorized", ("realm",), ["SendUnauthorized", "realm"], b""),
    ("SetCookie", ("a", "b"), ["SetCookie", "a", "b"], b""),
    ("SetHttpHeader", ("A", "b"), ["SetHttpHeader", "A", "b"], b""),
    ("SetHttpErrorDetails", ("d", 1), ["SetHttpErrorDetails", "d", 1], b""),
    ("SetHttpErrorDetails", ("d", False), ["SetHttpErrorDetails", "d", 0], b""),
]


@pytest.mark.parametrize(("name", "arguments", "head", "body"), CALLS)
def test_calls_become_frames(
    exchange: Exchange, name: str, arguments: tuple[Any, ...], head: list[Any], body: bytes
) -> None:
    # A large body needs a reader, which has only this thread: give the socket room.
    exchange.frames.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    exchange.lane._frames.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    assert getattr(exchange.output, name)(*arguments) is None
    frame = exchange.frames.receive()
    assert (frame.kind, frame.task, frame.depth) == (Kind.OUTPUT, 5, 1)
    assert (frame.head, frame.body) == (head, body)


WRONG: list[tuple[str, tuple[Any, ...], type[Exception]]] = [
    ("AnswerBuffer", ({}, "a/b"), TypeError),
    ("AnswerBuffer", (5, "a/b"), TypeError),
    ("AnswerBuffer", ("x",), TypeError),
    ("AnswerBuffer", ("x", None), TypeError),
    ("AnswerBuffer", ("x", "a\0b"), ValueError),
    ("AnswerBuffer", (memoryview(b"abcd")[::2], "a/b"), TypeError),
    ("AnswerBuffer", ("x", "a/b\r\nX: y"), ValueError),
    ("Redirect", (b"/x",), TypeError),
    ("Redirect", ("/x\nX: y",), ValueError),
    ("SetHttpHeader", ("A", "b\rX: y"), ValueError),
    ("SetHttpHeader", ("A\n", "b"), ValueError),
    ("SetCookie", ("a", "b\r\n"), ValueError),
    ("StartMultipartAnswer", ("mixed", "a/b\n"), ValueError),
    ("SendMultipartItem2", (b"", {"a": "b\n"}), ValueError),
    ("SendHttpStatus", ("404", "x"), TypeError),
    ("SendHttpStatus", (404,), TypeError),
    ("SendHttpStatus", (404, "x", "1"), TypeError),
    ("SendHttpStatus", (404, "x", 2), ValueError),
    ("SendHttpStatus", (99, "x"), ValueError),
    ("SendHttpStatusCode", (70000,), ValueError),
    ("SendHttpStatusCode", (None,), TypeError),
    ("SetCookie", ("a", 1), TypeError),
    ("SetHttpHeader", ("a",), TypeError),
    ("SetHttpErrorDetails", ("d", "1"), TypeError),
    ("SetHttpErrorDetails", ("d",), TypeError),
    ("StartMultipartAnswer", ("mixed", None), TypeError),
    ("SendMultipartItem2", (b"", 5), TypeError),
    ("SendMultipartItem2", (b"", {"a": 5}), TypeError),
    ("SendMultipartItem2", (b"", {"a": "b\0"}), ValueError),
    ("CompressAndAnswerPngImage", (1, 2, 1, "2", b"xy"), TypeError),
    ("CompressAndAnswerPngImage", (1, 2, -1, 2, b"xy"), OverflowError),
    ("CompressAndAnswerPngImage", (1, 2, 1, 2, 5), TypeError),
    ("CompressAndAnswerJpegImage", (1, 2, 1, 2, b"xy", 256), OverflowError),
]


@pytest.mark.parametrize(("name", "arguments", "error"), WRONG)
def test_wrong_arguments_send_nothing(
    exchange: Exchange, name: str, arguments: tuple[Any, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        getattr(exchange.output, name)(*arguments)
    exchange.output.SendHttpStatusCode(200)
    assert exchange.frames.receive().head == ["SendHttpStatusCode", 200]


def test_keyword_arguments_are_refused(exchange: Exchange) -> None:
    with pytest.raises(TypeError):
        getattr(exchange.output, "AnswerBuffer")("x", mimeType="a/b")  # noqa: B009


def test_after_the_request_it_raises(exchange: Exchange) -> None:
    exchange.lane.finish(Kind.DONE, ())
    for name, arguments in (("AnswerBuffer", ("x", "a/b")), ("SetHttpHeader", ("a", "b"))):
        with pytest.raises(OrthancException) as raised:
            getattr(exchange.output, name)(*arguments)
        assert raised.value.args[0] == 6
    assert exchange.frames.receive().kind == Kind.DONE


AWAITED: list[tuple[str, tuple[Any, ...], list[Any], bytes]] = [
    ("StartStreamAnswer", ("a/b",), ["StartStreamAnswer", "a/b"], b""),
    ("SendStreamChunk", ("grün",), ["SendStreamChunk"], "grün".encode()),
    ("SendStreamChunk", (memoryview(b"abc")[1:],), ["SendStreamChunk"], b"bc"),
    ("StartMultipartAnswer", ("mixed", "a/b"), ["StartMultipartAnswer", "mixed", "a/b"], b""),
    ("SendMultipartItem", (b"x",), ["SendMultipartItem"], b"x"),
    ("SendMultipartItem2", (b"x", {"a": "b"}), ["SendMultipartItem2", {"a": "b"}], b"x"),
    ("SendMultipartItem2", ("x", None), ["SendMultipartItem2", {}], b"x"),
    (
        "CompressAndAnswerPngImage",
        (1, 2, 1, 2, b"xy"),
        ["CompressAndAnswerPngImage", 1, 2, 1, 2],
        b"xy",
    ),
    (
        "CompressAndAnswerJpegImage",
        (1, 2, 1, 2, bytearray(b"xy"), 90),
        ["CompressAndAnswerJpegImage", 1, 2, 1, 2, 90],
        b"xy",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "head", "body"), AWAITED)
def test_some_calls_wait_for_a_reply(
    exchange: Exchange, name: str, arguments: tuple[Any, ...], head: list[Any], body: bytes
) -> None:
    exchange.frames.send(Kind.REPLY, 5, 1, (0, "", None))
    getattr(exchange.output, name)(*arguments)
    frame = exchange.frames.receive()
    assert (frame.kind, frame.head, frame.body) == (Kind.OUTPUT, head, body)
    exchange.frames.send(Kind.REPLY, 5, 1, (9, "gone", None))
    with pytest.raises(OrthancException) as raised:
        getattr(exchange.output, name)(*arguments)
    assert raised.value.args == (9, "gone")
    exchange.frames.receive()
    exchange.frames.send(Kind.REPLY, 5, 1, (BAD_VALUE, "too short", None))
    with pytest.raises(ValueError, match="too short"):
        getattr(exchange.output, name)(*arguments)


def test_a_stream_in_another_thread_is_refused(exchange: Exchange) -> None:
    with ThreadPoolExecutor(1) as executor:
        future = executor.submit(exchange.output.SendStreamChunk, b"x")
        with pytest.raises(NotInWorker, match="the thread that runs the handler"):
            future.result(10)


def test_it_cannot_be_sent_elsewhere(exchange: Exchange) -> None:
    with pytest.raises(TypeError, match="belongs to one request"):
        pickle.dumps(exchange.output)
