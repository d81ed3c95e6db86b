# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""More requests than workers: they wait, or are refused with 503; nothing else suffers."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os, threading, time
import orthanc
from orthanc_runtime import offload

@offload
def wait(output, uri, **request):
    path = request["get"]["path"]
    orthanc.LogWarning("waits for " + path)
    deadline = time.monotonic() + 60
    while not os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.005)
    output.AnswerBuffer("waited", "text/plain")

@offload
def meet(output, uri, **request):
    mine, other = request["get"]["mine"], request["get"]["other"]
    open(mine, "w").close()
    deadline = time.monotonic() + 60
    while not os.path.exists(other) and time.monotonic() < deadline:
        time.sleep(0.005)
    output.AnswerBuffer(str(os.path.exists(other)), "text/plain")

@offload
def noop(output, uri, **request):
    output.AnswerBuffer("", "text/plain")

def hold(output, uri, **request):
    orthanc.LogWarning("holds the GIL")
    sum(range(2 * 10**8))  # in C, without a chance to switch threads
    output.AnswerBuffer("held", "text/plain")

orthanc.RegisterRestCallback("/wait", wait)
orthanc.RegisterRestCallback("/meet", meet)
orthanc.RegisterRestCallback("/noop", noop)
orthanc.RegisterRestCallback("/hold", hold)
"""


def start(orthanc: Any, **workers: Any) -> OrthancServer:
    started: OrthancServer = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    return started


def test_workers_run_at_the_same_time(orthanc: Any, tmp_path: Path) -> None:
    """Each of the two waits for a file that the other writes."""
    server = start(orthanc, Count=2)
    a, b = tmp_path / "a", tmp_path / "b"
    answers = [
        server.in_background(f"/meet?mine={a}&other={b}"),
        server.in_background(f"/meet?mine={b}&other={a}"),
    ]
    assert [answer.result(90).text for answer in answers] == ["True", "True"]


def test_full_queue_is_503_with_retry_after(orthanc: Any, tmp_path: Path) -> None:
    server = start(orthanc, Count=1, MaximumQueued=0)
    running = server.in_background(f"/wait?path={tmp_path / 'go'}")
    server.wait_log("waits for")
    refused = server.get("/noop")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["HttpStatus"] == 503
    assert server.get("/system").status_code == 200
    (tmp_path / "go").touch()
    assert running.result(60).text == "waited"
    # The answer arrives before the worker has said that it is done.
    deadline = time.monotonic() + 20
    while server.get("/noop").status_code == 503 and time.monotonic() < deadline:
        pass
    assert time.monotonic() < deadline


def test_queued_request_is_served_when_a_worker_is_free(orthanc: Any, tmp_path: Path) -> None:
    server = start(orthanc, Count=1)
    running = server.in_background(f"/wait?path={tmp_path / 'go'}")
    server.wait_log("waits for")
    queued = [server.in_background("/noop") for _ in range(5)]
    (tmp_path / "go").touch()
    assert [answer.result(60).status_code for answer in [running, *queued]] == [200] * 6


def test_wait_in_the_queue_ends_with_503(orthanc: Any, tmp_path: Path) -> None:
    server = start(orthanc, Count=1, QueueTimeout=0.5)
    running = server.in_background(f"/wait?path={tmp_path / 'go'}")
    server.wait_log("waits for")
    refused = server.get("/noop")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    (tmp_path / "go").touch()
    assert running.result(60).text == "waited"


def test_few_http_threads_are_never_all_taken(orthanc: Any, tmp_path: Path) -> None:
    """More offloaded requests than HTTP threads: Orthanc itself still answers."""
    config = {"HttpThreadsCount": 6, "Python": {"Workers": {"Count": 2}}}
    server = orthanc(SCRIPT, config=config)
    answers = [server.in_background(f"/wait?path={tmp_path / 'go'}") for _ in range(12)]
    server.wait_log("waits for")
    assert server.get("/system").status_code == 200
    (tmp_path / "go").touch()
    statuses = [answer.result(90).status_code for answer in answers]
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 2


@pytest.mark.timeout(180)
def test_offloaded_request_does_not_wait_for_the_gil(orthanc: Any) -> None:
    server = start(orthanc, Count=1)
    assert server.get("/noop").status_code == 200
    held = server.in_background("/hold", timeout=120)
    server.wait_log("holds the GIL")
    for _ in range(5):
        assert server.get("/noop").status_code == 200
    assert not held.done()
    assert held.result(120).text == "held"
