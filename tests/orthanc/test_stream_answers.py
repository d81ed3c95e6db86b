# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""StartStreamAnswer and SendStreamChunk, in the master and in a worker."""

from __future__ import annotations

import hashlib
import socket
from contextlib import suppress

import pytest
import requests
from both_places import PLACES, REGISTER
from launcher import Launcher
from sdk_version import sdk_under_test
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    REGISTER
    + r"""
import os, time

def stream(output, uri, **request):
    output.StartStreamAnswer("text/x-stream")
    for chunk in (b"first ", "zw\u00f6lf ", bytearray(b"third "), memoryview(b"0123")[1:3]):
        output.SendStreamChunk(chunk)

def large(output, uri, **request):
    output.StartStreamAnswer("application/octet-stream")
    for index in range(100):
        output.SendStreamChunk(bytes([index]) * 200_000)

def nothing(output, uri, **request):
    output.StartStreamAnswer("text/plain")

def waiting(output, uri, **request):
    output.StartStreamAnswer("text/plain")
    output.SendStreamChunk(b"before")
    orthanc.LogWarning("the first chunk is sent")
    while not os.path.exists(request["get"]["flag"]):  # the test makes it: every process sees it
        time.sleep(0.02)
    output.SendStreamChunk(b" after")

def failing(output, uri, **request):
    output.StartStreamAnswer("text/plain")
    output.SendStreamChunk(b"some of it")
    raise ValueError("in the middle of a stream")

def endless(output, uri, **request):
    output.StartStreamAnswer("text/plain")
    sent = 0
    try:
        while sent < 10_000:
            output.SendStreamChunk(b"x" * 100_000)
            sent += 1
    except orthanc.OrthancException as error:
        orthanc.LogWarning(f"the client has gone: {error.args[0]}")

def refused(output, uri, **request):
    try:
        output.StartStreamAnswer("text/plain")
    except Exception as error:
        output.AnswerBuffer(f"{type(error).__name__} {error}", "text/plain")

def dying(output, uri, **request):
    output.StartStreamAnswer("text/plain")
    output.SendStreamChunk(b"some of it")
    os.kill(os.getpid(), 9)

for handler in (stream, large, nothing, waiting, failing, endless, refused):
    register("/" + handler.__name__, handler)
if offload is not None:
    orthanc.RegisterRestCallback("/dying", offload(dying))
"""
)
needs_streams = pytest.mark.sdk(1, 12, 6)


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 2}})


@needs_streams
@pytest.mark.parametrize("place", PLACES)
def test_a_stream(server: OrthancServer, place: str) -> None:
    answer = server.get(place + "/stream")
    assert (answer.status_code, answer.content) == (200, "first zwölf third 12".encode())
    assert answer.headers["Content-Type"] == "text/x-stream"
    assert "Content-Length" not in answer.headers
    assert server.get(place + "/nothing").content == b""


@needs_streams
@pytest.mark.parametrize("place", PLACES)
def test_a_large_stream(server: OrthancServer, place: str) -> None:
    expected = hashlib.sha256(b"".join(bytes([index]) * 200_000 for index in range(100)))
    assert hashlib.sha256(server.get(place + "/large").content).digest() == expected.digest()


@needs_streams
@pytest.mark.parametrize("place", PLACES)
def test_chunks_arrive_as_they_are_sent(server: OrthancServer, place: str) -> None:
    flag = server.folder / f"flag{place.replace('/', '-')}"
    url = f"{server.url}{place}/waiting?flag={flag}"  # older Orthancs decode no escapes in it
    with requests.get(url, stream=True, timeout=20) as answer:
        assert answer.raw.read(6) == b"before"
        flag.touch()
        assert answer.raw.read() == b" after"


@needs_streams
@pytest.mark.parametrize("place", PLACES)
def test_a_failure_cuts_the_stream(server: OrthancServer, place: str) -> None:
    # which one depends on whether Orthanc says how long the body is
    with suppress(requests.exceptions.ChunkedEncodingError):
        answer = server.get(place + "/failing")
        assert (answer.status_code, answer.content) == (200, b"some of it")
    server.wait_log("ValueError: in the middle of a stream", start=server.log_offset)
    assert server.get(place + "/stream").status_code == 200


@needs_streams
@pytest.mark.runtime_only
def test_a_worker_that_dies_cuts_the_stream(server: OrthancServer) -> None:
    with suppress(requests.exceptions.ChunkedEncodingError):
        assert server.get("/dying").content == b"some of it"
    server.wait_log("GET /dying .*; its answer, in parts, is cut", start=server.log_offset)
    assert server.get("/worker/stream").status_code == 200


@needs_streams
@pytest.mark.parametrize("place", PLACES)
def test_a_client_that_goes_away(server: OrthancServer, place: str) -> None:
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=20) as client:
        client.sendall(f"GET {place}/endless HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert client.recv(1000)
    server.wait_log(r"the client has gone: \d+", start=server.log_offset)


@pytest.mark.runtime_only
@pytest.mark.skipif(sdk_under_test() >= (1, 12, 6), reason="this SDK has streams")
def test_a_stream_where_the_sdk_has_none(server: OrthancServer) -> None:
    assert "StartStreamAnswer" in server.get("/master/refused").text
    assert "26" in server.get("/worker/refused").text
