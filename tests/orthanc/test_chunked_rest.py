# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterChunkedRestCallback: uploads that Python reads chunk by chunk."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from late_routes import PATIENCE, answered
from launcher import Launcher
from server import OrthancServer
from upload_script import SCRIPT

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})


def chunks(count: int) -> Iterator[bytes]:
    for index in range(count):
        yield bytes([index % 251]) * MIB


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_upload_in_chunks(server: OrthancServer, method: str) -> None:
    start = len(server.log)
    answer = server.request(
        method, "/digest/here", data=chunks(20), headers={"X-Question": "Why"}
    ).json()
    assert answer["sha256"] == hashlib.sha256(b"".join(chunks(20))).hexdigest()
    assert len(answer["sizes"]) >= 20
    assert max(answer["sizes"]) <= MIB
    assert answer["uri"] == "/digest/here"
    assert answer["request"] == {"method": method, "groups": ["here"]}
    assert answer["header"] == "Why"
    server.wait_log(f"FINALIZED after {20 * MIB}", start=start)


def test_an_upload_with_its_length_comes_in_one_piece(server: OrthancServer) -> None:
    answer = server.post("/digest/x", b"abc\0").json()
    assert answer["sizes"] == [4]
    assert answer["sha256"] == hashlib.sha256(b"abc\0").hexdigest()
    assert server.post("/digest/x", b"").json()["sizes"] == []


def test_the_body_never_lies_in_memory(server: OrthancServer) -> None:
    process = Path(f"/proc/{server.pid}")

    def peak() -> int:
        lines = (process / "status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    server.post("/digest/warm", chunks(8))
    (process / "clear_refs").write_text("5", "ascii")
    before = peak()
    answer = server.post("/digest/large", chunks(200)).json()
    assert sum(answer["sizes"]) == 200 * MIB
    assert peak() - before < 50 * 1024


def test_other_methods(server: OrthancServer) -> None:
    assert server.get("/digest/a?b=c").text == "a {'b': 'c'}"
    refused = server.delete("/digest/a")
    assert refused.status_code == 405
    assert refused.headers["Allow"] == "GET,POST,PUT"
    assert server.delete("/gone").text == "/gone True"
    assert server.get("/gone").status_code == 405
    assert server.post("/gone", chunks(2)).status_code == 405


@pytest.mark.parametrize(
    ("place", "status", "details"),
    [
        ("factory", 404, None),
        ("chunk", 404, "Unknown resource"),
        ("execute", 404, "Unknown resource"),
        ("raise-factory", 500, None),
        ("raise-chunk", 500, "ValueError: not chunk"),
        ("raise-execute", 500, "ValueError: not execute"),
        ("silent", 500, "The handler ended without an answer"),
    ],
)
def test_failures(server: OrthancServer, place: str, status: int, details: str | None) -> None:
    start = len(server.log)
    answer = server.post(f"/fails/{place}", chunks(3))
    assert answer.status_code == status
    error = json.loads(answer.text)
    if details is not None:
        assert details in error["Details"]
    if "factory" not in place:
        ended = server.wait_log(rf"ENDED {place} after (\d+)", start=start)
        assert (ended[1] == "1") is ("chunk" in place)
    assert server.post("/fails/nowhere", chunks(1)).text == "fine"


def test_a_finalizer_that_raises_is_logged(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.post("/fails/raise-finalize", b"x").text == "fine"
    server.wait_log("ValueError: not finalize", start=start)


def test_a_reader_without_its_methods(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.post("/no-reader", chunks(1)).status_code == 500
    server.wait_log("needs a method AddChunk, which NoneType has not", start=start)


def test_a_kept_output_raises(server: OrthancServer) -> None:
    server.post("/fails/nowhere", b"x")
    assert "This output was kept after the end of its request" in server.get("/kept").text


def test_a_client_that_goes_away(server: OrthancServer) -> None:
    start = len(server.log)
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=10) as client:
        client.sendall(
            b"POST /digest/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        )
    server.wait_log("FINALIZED after", start=start)


def test_the_stop_waits_for_an_upload_and_refuses_new_ones(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    stopping = threading.Event()

    def body() -> Iterator[bytes]:
        yield from chunks(2)
        stopping.wait(20)
        yield b"end"

    upload = server.in_background("/digest/x", "POST", data=body())
    server.wait_log("CHUNK")
    server.signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    while server.get("/digest/x").status_code != 503:
        assert time.monotonic() < deadline
    refused = server.post("/digest/x", chunks(2))
    assert refused.status_code == 503
    assert "Orthanc is stopping" in refused.text
    stopping.set()
    answer = upload.result(20)
    assert answer.status_code == 200
    assert sum(answer.json()["sizes"]) == 2 * MIB + 3
    assert server.wait_exit(20) == 0
    server.wait_log(f"FINALIZED after {2 * MIB + 3}")


def test_registered_within_handlers(server: OrthancServer) -> None:
    assert '"/bad(" is no regular expression' in server.get("/register", timeout=PATIENCE).text
    assert answered(server, "/late/one") == "late"
    # from Execute(), while the request is still under way
    assert server.post("/late/one", chunks(2), timeout=PATIENCE).json()["uri"] == "/late/one"
    assert answered(server, "/late/two") == ""  # 405 for GET, by the core, while others have 503
    assert json.loads(answered(server, "/late/two", b"abc"))["sizes"] == [3]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("nothing", "ValueError: RegisterChunkedRestCallback needs a callback for one method"),
        ("number", "TypeError: RegisterChunkedRestCallback needs a callable, not int"),
        ("offloaded", "TypeError: RegisterChunkedRestCallback: what reads an upload cannot be"),
        ("pattern", 'ValueError: RegisterChunkedRestCallback: "/x(" is refused as a regular'),
        ("keyword", "TypeError: RegisterChunkedRestCallback(str, head=function): expected "),
    ],
)
def test_bad_registrations(server: OrthancServer, name: str, error: str) -> None:
    assert server.get("/refused").json()[name].startswith(error)
