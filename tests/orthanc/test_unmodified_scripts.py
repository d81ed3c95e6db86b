# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts without @offload: which handler is slow, and into a worker by configuration."""

from __future__ import annotations

import pytest
from launcher import Launcher

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os, time
import orthanc

def slow(output, uri, **request):
    end = time.thread_time() + 0.3
    while time.thread_time() < end:
        pass
    output.AnswerBuffer(str(os.getpid()), "text/plain")

def waits(output, uri, **request):
    time.sleep(0.3)
    output.AnswerBuffer(str(os.getpid()), "text/plain")

orthanc.RegisterRestCallback("/slow/(a{1,2})", slow)
orthanc.RegisterRestCallback("/waits", waits)
orthanc.RegisterRestCallback("/closure", (lambda number: lambda output, uri, **request:
    output.AnswerBuffer(f"{number} {os.getpid()}", "text/plain"))(7))
"""
PATTERN = "/slow/(a{1,2})"


def config(**workers: object) -> dict[str, object]:
    return {"Python": {"Workers": {"Count": 1, **workers}}}


def test_a_slow_handler_is_named_once(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config=config(SlowHandlerWarning=0.2))
    for _ in range(2):
        assert server.get("/slow/a").text == str(server.pid)
        assert server.get("/waits").text == str(server.pid)
    server.wait_log("The handler of GET /slow/.* kept Orthanc's Python busy for 0.[3-9] s")
    assert server.log.count("SlowHandlerWarning") == 1
    (slow,) = server.get("/python-runtime/status").json()["SlowHandlers"]
    assert (slow["Route"], slow["Count"]) == (f"GET {PATTERN}", 2)
    assert 0.2 <= slow["LongestSeconds"] <= slow["TotalSeconds"]


def test_nobody_asked(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config=config(SlowHandlerWarning=0))
    assert server.get("/slow/a").status_code == 200
    assert server.get("/python-runtime/status").json()["SlowHandlers"] == []
    assert "SlowHandlerWarning" not in server.log


@pytest.mark.parametrize("routes", [PATTERN, [PATTERN, "/closure"]])
def test_routes_are_offloaded_by_configuration(orthanc: Launcher, routes: object) -> None:
    server = orthanc(SCRIPT, config=config(OffloadRoutes=routes))
    worker = int(server.get("/slow/aa").text)
    assert worker != server.pid
    assert server.get("/waits").text == str(server.pid)
    where = worker if isinstance(routes, list) else server.pid
    assert server.get("/closure").text == f"7 {where}"


def test_a_route_that_nobody_registers_stops_the_start(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config=config(OffloadRoutes=["/wait"]), starts=False)
    assert "Python.Workers.OffloadRoutes: the script registers no route '/wait'" in server.log
    assert "did you mean '/waits'?" in server.log
