# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers are killed all the time: each request is answered, and only those they had fail."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import requests
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
    import orthanc
    from orthanc_runtime import offload

    @offload
    def echo(output, uri, **request):
        output.AnswerBuffer(request["groups"][0], "text/plain")

    orthanc.RegisterRestCallback("/echo/(.*)", echo)
"""
CLIENTS = 16
PAUSE = 0.05
TIMEOUT = 20


def workers(server: OrthancServer) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = server.get("/python-runtime/status").json()["Pools"][0]["Workers"]
    return shown


@contextmanager
def killer(server: OrthancServer) -> Iterator[list[int]]:
    """Kills one worker after the other; the list has those that it has killed."""
    killed: list[int] = []
    enough = threading.Event()
    choice = random.Random(1)

    def kill() -> None:
        while not enough.wait(PAUSE):
            pids = [worker["Pid"] for worker in workers(server)]
            victim = choice.choice(pids) if pids else None
            if victim is not None and victim not in killed:
                with suppress(ProcessLookupError):
                    os.kill(victim, signal.SIGKILL)
                    killed.append(victim)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        enough.set()
        thread.join(TIMEOUT)


def client(server: OrthancServer, name: int, count: int) -> list[tuple[int, bool, float]]:
    """Status, whether the body is right, and seconds, of each request."""
    seen = []
    with requests.Session() as session:
        for number in range(count):
            text = f"{name}-{number}"
            began = time.monotonic()
            answer = session.get(f"{server.url}/echo/{text}", timeout=3 * TIMEOUT)
            seen.append((answer.status_code, answer.text == text, time.monotonic() - began))
    return seen


@pytest.mark.parametrize(
    ("method", "requests_made"),
    [
        ("ForkServer", 2000),
        pytest.param("Spawn", 1500, marks=pytest.mark.soak),
        pytest.param("ForkServer", 10_000, marks=pytest.mark.soak),
    ],
)
def test_every_request_is_answered(orthanc: Launcher, method: str, requests_made: int) -> None:
    settings = {"Count": 2, "StartMethod": method, "Timeout": TIMEOUT}
    server = orthanc(SCRIPT, config={"Python": {"Workers": settings}})
    with killer(server) as killed, ThreadPoolExecutor(CLIENTS) as clients:
        share = requests_made // CLIENTS
        seen = [
            answer
            for answers in clients.map(lambda name: client(server, name, share), range(CLIENTS))
            for answer in answers
        ]
    statuses = Counter(status for status, _, _ in seen)
    assert set(statuses) <= {200, 502}, statuses
    assert all(right for status, right, _ in seen if status == 200)
    assert statuses[502] <= len(killed), (statuses, killed)
    assert max(seconds for _, _, seconds in seen) < TIMEOUT
    deadline = time.monotonic() + TIMEOUT
    while [worker["State"] for worker in workers(server)] != ["idle", "idle"]:
        assert time.monotonic() < deadline, workers(server)
    assert server.get("/echo/whole").text == "whole"
