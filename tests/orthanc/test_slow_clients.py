# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that are slow or go away hold a thread of Orthanc, but no worker; and how much memory a
large body takes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

MEBIBYTE = 2**20
LARGE = 64 * MEBIBYTE  # far more than the sockets between Orthanc and a client hold
BODY = 256 * MEBIBYTE

SCRIPT = """
import os
import orthanc
from orthanc_runtime import offload

@offload
def large(output, uri, **request):
    output.AnswerBuffer(bytes(int(request["get"]["size"])), "application/octet-stream")

@offload
def length(output, uri, **request):
    output.AnswerBuffer(str(len(request["body"])), "text/plain")

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

for function in (large, length, ping):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})


@contextmanager
def client(server: OrthancServer, request: str, *headers: str) -> Iterator[socket.socket]:
    """A connection on which the head of a request was sent."""
    lines = [f"{request} HTTP/1.1", "Host: localhost", "Connection: close", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode())
        yield connection


def read_all(connection: socket.socket) -> bytes:
    parts = []
    while part := connection.recv(MEBIBYTE):
        parts.append(part)
    return b"".join(parts)


def test_a_client_that_reads_slowly(server: OrthancServer) -> None:
    """Its answer waits in Orthanc, and the one worker serves the others."""
    with client(server, f"GET /large?size={LARGE}") as slow:
        first = slow.recv(1)  # the handler has answered
        for _ in range(5):
            assert server.get("/ping", timeout=20).status_code == 200
        head, _, body = (first + read_all(slow)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == LARGE


def test_a_client_that_sends_slowly(server: OrthancServer) -> None:
    """No worker waits for what has not come."""
    with client(server, "POST /length", "Content-Length: 2000000") as slow:
        slow.sendall(bytes(1_000_000))
        for _ in range(5):
            assert server.get("/ping", timeout=20).status_code == 200
        slow.sendall(bytes(1_000_000))
        assert read_all(slow).endswith(b"\r\n\r\n2000000")


@pytest.mark.parametrize("sent", [1, 1_000_000])
def test_a_client_that_goes_away_while_it_sends(server: OrthancServer, sent: int) -> None:
    with client(server, "POST /length", "Content-Length: 2000000") as gone:
        gone.sendall(bytes(sent))
    assert server.get("/ping").status_code == 200


def test_a_client_that_goes_away_before_its_answer(server: OrthancServer) -> None:
    for _ in range(5):
        with client(server, f"GET /large?size={LARGE}") as gone:
            gone.recv(1)
        assert server.get("/ping", timeout=20).status_code == 200


def highest(pid: int) -> int:
    """Most memory that was ever resident, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def test_the_memory_of_a_large_body(orthanc: Launcher) -> None:
    """One in the worker; in Orthanc that of its HTTP server and no more, as one of ours would add
    half to what it takes for a request that it refuses."""
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    worker = int(server.get("/ping").text)
    before = highest(worker)
    assert server.post("/no-such-route", bytes(BODY)).status_code == 404
    without = highest(server.pid)
    assert server.post("/length", bytes(BODY)).text == str(BODY)
    assert highest(worker) - before < BODY * 1.25
    assert highest(server.pid) - without < BODY * 0.25
    before_answer = highest(worker)
    assert len(server.get(f"/large?size={BODY}").content) == BODY
    assert highest(worker) - before_answer < BODY * 0.25
    assert highest(server.pid) - without < BODY * 1.25
