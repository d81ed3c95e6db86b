# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hours of a server in minutes: nothing grows. Not part of the usual tests: ``pytest -m soak``."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from launcher import Launcher
from mixed_load import CLIENTS, ROUND, SCRIPT, load, rounds, size
from server import OrthancServer

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.soak,
    pytest.mark.timeout(1800),
]


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


@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_reloads_under_load(orthanc: Launcher, method: str) -> None:
    """Each request is answered, by the old workers or the new ones; what is left is as before."""
    server = orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 2, "StartMethod": method}}})
    assert reload(server) == 200
    before = size(server)
    enough = threading.Event()
    with ThreadPoolExecutor(1) as background:
        loaded = background.submit(load, server, lambda: not enough.is_set())
        end = time.monotonic() + 60
        statuses: Counter[int] = Counter()
        while time.monotonic() < end:
            statuses[reload(server)] += 1
        enough.set()
        seen = loaded.result(120)
    reload(server)
    after = size(server)
    print(before, after, statuses, seen)
    assert set(statuses) == {200}
    assert set(seen) == set(ROUND.items())
    assert after[0] < before[0] + 30
    assert after[1] <= before[1] + CLIENTS
    assert after[2] == before[2]
    assert "ORT-2109" not in server.log


def reload(server: OrthancServer) -> int:
    return server.post("/python-runtime/reload", timeout=60).status_code


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
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
            seen[0] += 1  # the latter within an answer
        except requests.ReadTimeout:
            seen[-1] += 1
    return seen
