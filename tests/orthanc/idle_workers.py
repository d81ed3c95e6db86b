# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workers of a server that has one pool, for tests that end them."""

from __future__ import annotations

import os
import signal
import time

from processes import wait_gone
from server import OrthancServer

DEADLINE = 30.0


def idle_workers(server: OrthancServer) -> list[int]:
    """Their pids."""
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    return [worker["Pid"] for worker in pool["Workers"] if worker["State"] == "idle"]


def wait_whole(server: OrthancServer, count: int = 2) -> list[int]:
    """Until so many workers are idle; the status offers no event for that."""
    deadline = time.monotonic() + DEADLINE
    while len(found := idle_workers(server)) != count:
        assert time.monotonic() < deadline, server.log
        time.sleep(0.02)
    return found


def fork_server(server: OrthancServer) -> int:
    (pid,) = [each.pid for each in server.children() if each.name.endswith("forkserver")]
    return pid


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        assert wait_gone(pid, DEADLINE)
