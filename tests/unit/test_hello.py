# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first words with a worker, which may say anything."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from orthanc_runtime import protocol
from orthanc_runtime.hello import LONGEST_ANSWER, WorkerNotReadyError, introduce
from orthanc_runtime.lanes import FrameStream

pytestmark = pytest.mark.unit

HANDLERS = ["function:script:f", "rest:script:/x#1"]
BOOTSTRAP = {"protocol": protocol.VERSION, "build": "1", "handlers": HANDLERS}
HELLO = {"protocol": protocol.VERSION, "build": "1", "pid": 1, "handlers": HANDLERS}


def answer(data: bytes, close: bool = False) -> tuple[list[str], bytes]:
    """What introduce() makes of it, and what it leaves on the lane."""
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        there.sendall(data)
        if close:
            there.shutdown(socket.SHUT_WR)
        complaints = asyncio.run(asyncio.wait_for(introduce(here, BOOTSTRAP), 5))
        frame = FrameStream(there).receive()
        assert (frame.kind, frame.head) == (protocol.Kind.BOOTSTRAP, BOOTSTRAP)
        try:
            return complaints, here.recv(100)
        except BlockingIOError:
            return complaints, b""


def hello(**changes: Any) -> bytes:
    return protocol.pack(protocol.Kind.HELLO, 0, 0, {**HELLO, **changes})


def refused(data: bytes) -> WorkerNotReadyError:
    with pytest.raises(WorkerNotReadyError) as caught:
        answer(data)
    return caught.value


def test_hello_and_nothing_more_is_read() -> None:
    assert answer(hello() + b"next") == ([], b"next")


def test_complaints_about_the_fork_server() -> None:
    complaints, _ = answer(hello(missing_preload={"numpi": "no such"}, forkserver_threads=3))
    assert "numpi was not preloaded: no such" in complaints[0]
    assert "runs 3 threads" in complaints[1]


@pytest.mark.parametrize("change", [{"build": "2"}, {"protocol": 99}, {"build": None}])
def test_another_build_is_final(change: dict[str, Any]) -> None:
    error = refused(hello(**change))
    assert error.final
    assert "restart Orthanc" in str(error)


def test_other_handlers_are_listed() -> None:
    error = refused(hello(handlers=["function:script:f", "function:script:g"]))
    assert not error.final
    assert "only in Orthanc ['rest:script:/x#1']" in str(error)
    assert "only in the worker ['function:script:g']" in str(error)


@pytest.mark.parametrize("handlers", [None, "abc", [1], {"a": 1}])
def test_a_table_that_is_none(handlers: Any) -> None:
    assert "no table" in str(refused(hello(handlers=handlers)))


def test_a_failed_start_has_the_traceback() -> None:
    head = ["LookupError", "no such thing", "Traceback: line 5\n"]
    error = refused(protocol.pack(protocol.Kind.STARTUP_FAILED, 0, 0, head))
    assert str(error).splitlines()[1] == "Traceback: line 5"
    assert "LookupError: no such thing" in str(error)


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 200,
        protocol.HEADER.pack(0, protocol.Kind.HELLO, 0, 0, 0, 0),
        protocol.HEADER.pack(protocol.MAGIC, protocol.Kind.HELLO, 0, LONGEST_ANSWER + 1, 0, 0),
        protocol.HEADER.pack(protocol.MAGIC, protocol.Kind.HELLO, 0, 0, 1, 0),
        protocol.HEADER.pack(protocol.MAGIC, protocol.Kind.HELLO, 0, 1, 0, 0) + b"\xc1",
        protocol.pack(protocol.Kind.DONE, 0, 0, []),
        protocol.pack(protocol.Kind.HELLO, 0, 0, [1]),
        protocol.pack(protocol.Kind.STARTUP_FAILED, 0, 0, {}),
    ],
    ids=range(8),
)
def test_anything_else_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("data", [b"", hello()[:10], hello()[:-1]])
def test_a_worker_that_hangs_up(data: bytes) -> None:
    with pytest.raises(ConnectionError):
        answer(data, close=True)
