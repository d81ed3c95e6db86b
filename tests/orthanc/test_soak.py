# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of a server in minutes: nothing grows. Not part of the usual tests: ``pytest -m soak``."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from launcher import Launcher
from server import OrthancServer

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.soak,
    pytest.mark.timeout(1800),
]

SCRIPT = """
    import json, os
    import numpy
    import orthanc
    from orthanc_runtime import offload, rest

    @offload
    def echo(output, uri, **request):
        output.AnswerBuffer(request.get("body") or request["groups"][0], "text/plain")

    @offload
    def calls(output, uri, **request):
        name = json.loads(orthanc.RestApiGet("/system"))["Name"]
        output.AnswerBuffer(name + rest.get("/system").json()["Name"], "text/plain")

    @offload
    def fails(output, uri, **request):
        raise LookupError("gone")

    @offload
    def square(array):
        return array * array

    def array(output, uri, **request):
        output.AnswerBuffer(str(square(numpy.arange(1000)).sum()), "text/plain")

    orthanc.RegisterRestCallback("/echo/(.*)", echo)
    orthanc.RegisterRestCallback("/calls", calls)
    orthanc.RegisterRestCallback("/fails", fails)
    orthanc.RegisterRestCallback("/array", array)
"""
CLIENTS = 8
MEBIBYTE = 2**20
ROUND = {"/echo/a": 200, "/calls": 200, "/fails": 500, "/array": 200, "/echo/upload": 200}


def one_round(session: requests.Session, server: OrthancServer) -> Counter[tuple[str, int]]:
    seen: Counter[tuple[str, int]] = Counter()
    for path in ROUND:
        method = "POST" if path.endswith("upload") else "GET"
        data = os.urandom(50_000) if method == "POST" else None
        answer = session.request(method, server.url + path, data=data, timeout=60)
        if data is not None:
            assert answer.content == data
        seen[path, answer.status_code] += 1
    return seen


def load(server: OrthancServer, goes_on: Callable[[], bool]) -> Counter[tuple[str, int]]:
    def client(_: int) -> Counter[tuple[str, int]]:
        seen: Counter[tuple[str, int]] = Counter()
        with requests.Session() as session:
            while goes_on():
                # Orthanc drops a connection that is idle for a second, perhaps just when a slow
                # client sends the next request into it.
                session.close()
                seen += one_round(session, server)
        return seen

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, range(CLIENTS)), Counter())


def rounds(number: int) -> Callable[[], bool]:
    left = iter(range(number))
    lock = threading.Lock()

    def goes_on() -> bool:
        with lock:
            return next(left, None) is not None

    return goes_on


def size(server: OrthancServer) -> tuple[float, int, int]:
    """Resident memory in MiB, descriptors and processes of an idle server."""
    deadline = time.monotonic() + 30
    while True:
        (pool,) = server.get("/python-runtime/status").json()["Pools"]
        if [worker["State"] for worker in pool["Workers"]] == ["idle"] * pool["Count"]:
            break
        assert time.monotonic() < deadline, pool
    resident = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * 4096 / MEBIBYTE
    descriptors = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
    return resident, descriptors, len(server.children())


def test_mixed_load_with_recycling(orthanc: Launcher) -> None:
    workers = {"Count": 2, "MaximumTasks": 500}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    load(server, rounds(4000))
    before = size(server)
    seen = load(server, rounds(36_000))
    after = size(server)
    print(before, after, seen)
    assert seen == dict.fromkeys(ROUND.items(), 36000)
    assert after[0] < before[0] + 30
    assert after[1] <= before[1] + CLIENTS
    assert after[2] == before[2]


def test_resets_under_load(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 2}})
    reset(server)
    before = size(server)
    enough = threading.Event()
    with ThreadPoolExecutor(CLIENTS) as background:
        statuses = [background.submit(_statuses, server, enough) for _ in range(CLIENTS)]
        for _ in range(20):
            reset(server)
        enough.set()
        seen = sum((each.result(60) for each in statuses), Counter[int]())
    after = size(server)
    print(before, after, seen)
    assert set(seen) <= {200, 503, 0, -1}
    assert seen[200] > 20
    assert after[0] < before[0] + 60
    assert after[1] <= before[1] + CLIENTS + seen[-1]
    assert after[2] == before[2]


def reset(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.post("/tools/reset", timeout=60).status_code == 200
    server.session.close()
    server.wait_log("Orthanc has started", 60, start)


def _statuses(server: OrthancServer, enough: threading.Event) -> Counter[int]:
    """Refused for a moment at each reset; and Orthanc, also without a plugin, forgets connections
    that it had accepted and not yet read."""
    seen: Counter[int] = Counter()
    while not enough.is_set():
        try:
            seen[requests.get(f"{server.url}/echo/a", timeout=10).status_code] += 1
        except requests.ConnectionError:
            seen[0] += 1
        except requests.ReadTimeout:
            seen[-1] += 1
    return seen
