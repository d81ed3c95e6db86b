# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes end with Orthanc, however it ends."""

from __future__ import annotations

import signal
from typing import Any

import pytest

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import ctypes, subprocess
import orthanc
from orthanc_runtime import offload

@offload
def ping(output, uri, **request):
    output.AnswerBuffer("pong", "text/plain")

@offload(timeout=0)
def busy(output, uri, **request):
    orthanc.LogWarning("busy now " + request["get"]["n"])
    while True:
        pass

@offload(timeout=0)
def busy_in_c(output, uri, **request):
    orthanc.LogWarning("busy now in C")
    ctypes.PyDLL(None).sleep(3600)

@offload(timeout=0)
def parent(output, uri, **request):
    subprocess.Popen(["sleep", "600"])
    orthanc.LogWarning("child started")
    while True:
        pass

orthanc.RegisterRestCallback("/ping", ping)
orthanc.RegisterRestCallback("/busy", busy)
orthanc.RegisterRestCallback("/busy-in-c", busy_in_c)
orthanc.RegisterRestCallback("/parent", parent)
"""
METHODS = ["ForkServer", "Spawn"]


def workers(method: str) -> dict[str, Any]:
    settings = {"Count": 2, "StartMethod": method, "ShutdownTimeout": 1}
    return {"Python": {"Workers": settings}}


@pytest.mark.parametrize("method", METHODS)
def test_nothing_left_after_a_stop(orthanc: Any, method: str) -> None:
    server = orthanc(SCRIPT, config=workers(method))
    assert server.get("/ping").text == "pong"
    assert len(server.children()) >= 2
    assert server.stop() == 0
    assert server.children_left() == []
    assert list(server.temporary.iterdir()) == []


@pytest.mark.parametrize("method", METHODS)
def test_nothing_left_after_sigkill_while_workers_are_idle(orthanc: Any, method: str) -> None:
    server = orthanc(SCRIPT, config=workers(method))
    assert server.get("/ping").text == "pong"
    server.kill()
    assert server.children_left() == []


@pytest.mark.parametrize("method", METHODS)
def test_nothing_left_after_sigkill_while_workers_are_busy(orthanc: Any, method: str) -> None:
    server = orthanc(SCRIPT, config=workers(method))
    server.in_background("/busy?n=0")
    server.wait_log("busy now 0")
    server.in_background("/busy-in-c")
    server.wait_log("busy now in C")
    server.kill()
    assert server.children_left() == []


def test_next_start_sweeps_what_a_killed_orthanc_left(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config=workers("ForkServer"))
    assert server.get("/ping").text == "pong"
    server.kill()
    assert server.children_left() == []
    assert server.start()
    server.expected_exit = 0
    assert server.get("/ping").text == "pong"
    assert server.stop() == 0
    assert list(server.temporary.iterdir()) == []


def test_children_of_a_worker_end_with_it(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config=workers("ForkServer"))
    server.in_background("/parent")
    server.wait_log("child started")
    assert server.stop() == 0
    assert server.children_left() == []


def test_second_sigterm_leaves_nothing_either(orthanc: Any) -> None:
    settings = {"Count": 2, "ShutdownTimeout": 60}
    server = orthanc(SCRIPT, config={"Python": {"Workers": settings}})
    server.in_background("/busy?n=0")
    server.wait_log("busy now 0")
    server.signal(signal.SIGTERM)
    while server.get("/ping").status_code == 200:
        pass  # until Orthanc has seen the first one
    server.expected_exit = None
    server.signal(signal.SIGTERM)
    server.wait_exit(20)
    assert server.children_left() == []
