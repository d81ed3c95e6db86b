# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /python-runtime/stacks: where every Python thread is, whatever it does."""

from __future__ import annotations

import os
import signal
import time

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import ctypes, os, threading, time
import orthanc
from orthanc_runtime import offload

@offload
def pid(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
def worker_handler(output, uri, **request):
    orthanc.LogWarning("IN WORKER")
    time.sleep(3)
    output.AnswerBuffer("done", "text/plain")

def master_handler(output, uri, **request):
    orthanc.LogWarning("IN MASTER")
    time.sleep(3)
    output.AnswerBuffer("done", "text/plain")

def holds_the_gil(output, uri, **request):
    orthanc.LogWarning("HOLDS")
    ctypes.PyDLL(None).usleep(3_000_000)
    output.AnswerBuffer("done", "text/plain")

for function in (pid, worker_handler, master_handler, holds_the_gil):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


def stacks(server: OrthancServer) -> str:
    began = time.monotonic()
    answer = server.post("/python-runtime/stacks", timeout=20)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert time.monotonic() - began < 10
    return answer.text


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})


def test_handlers_in_worker_and_master(server: OrthancServer) -> None:
    requests = [server.in_background("/worker_handler"), server.in_background("/master_handler")]
    server.wait_log("IN WORKER", start=server.log_offset)
    server.wait_log("IN MASTER", start=server.log_offset)
    master, _, worker = stacks(server).partition("== worker 0")
    assert f"== Orthanc (pid {server.pid})" in master
    assert "in master_handler" in master
    assert "runs GET /worker_handler (task " in worker
    assert "in worker_handler" in worker
    # what was answered is not in the log, too
    assert "in worker_handler" not in server.log[server.log_offset :]
    assert [request.result(30).text for request in requests] == ["done"] * 2


def test_while_a_handler_holds_the_gil(server: OrthancServer) -> None:
    held = server.in_background("/holds_the_gil")
    server.wait_log("HOLDS", start=server.log_offset)
    master, _, worker = stacks(server).partition("== worker 0")
    assert not held.done()
    assert "has kept the GIL" in master
    assert "in holds_the_gil" in master
    assert "script.py" in master
    assert "workers/main.py" in worker
    assert held.result(30).text == "done"


def test_worker_that_cannot_answer(server: OrthancServer) -> None:
    pid = int(server.get("/pid").text)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert "it does not answer" in stacks(server)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert int(server.get("/pid").text) == pid
    assert "it does not answer" not in stacks(server)


def test_other_methods_are_refused(server: OrthancServer) -> None:
    assert server.get("/python-runtime/stacks").status_code == 405
