# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /python-runtime/recycle: workers leave when an operator says so, and no request notices."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from launcher import Launcher
from processes import wait_gone
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os, time
import orthanc
from orthanc_runtime import offload

@offload
def waits(output, uri, **request):
    orthanc.LogWarning("WAITS " + str(os.getpid()))
    while not os.path.exists(request["get"]["until"]):
        time.sleep(0.01)
    output.AnswerBuffer("waited", "text/plain")

orthanc.RegisterRestCallback("/waits", waits)
"""


def states(server: OrthancServer) -> dict[int, str]:
    """By process id."""
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    return {worker["Pid"]: worker["State"] for worker in pool["Workers"]}


def workers(server: OrthancServer) -> set[int]:
    """Those that can serve, once there are two."""
    deadline = time.monotonic() + 20
    while True:
        serving = {pid for pid, state in states(server).items() if state in ("idle", "busy")}
        if len(serving) == 2:
            return serving
        assert time.monotonic() < deadline


def recycle(server: OrthancServer, body: Any = None, status: int = 200) -> Any:
    text = json.dumps(body) if body is not None else ""
    answer = server.post("/python-runtime/recycle", text)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 2}})


def test_one_worker_leaves_after_its_task(server: OrthancServer) -> None:
    until = server.folder / "go"
    waiting = server.in_background(f"/waits?until={until}")
    busy = int(server.wait_log(r"WAITS (\d+)", start=server.log_offset)[1])
    (other,) = workers(server) - {busy}
    assert recycle(server, {"Pid": busy}) == {"Recycled": [busy]}
    deadline = time.monotonic() + 20
    while states(server).get(busy) != "draining":  # that is, once its successor serves
        assert time.monotonic() < deadline
    assert sorted(states(server).values()) == ["draining", "idle", "idle"]
    until.touch()
    assert waiting.result(30).text == "waited"
    assert wait_gone(busy, 20)
    left = workers(server)
    assert other in left
    assert len(left) == 2


def test_all_workers_leave(server: OrthancServer) -> None:
    before = workers(server)
    assert recycle(server) == {"Recycled": sorted(before)}
    for pid in before:
        assert wait_gone(pid, 20)
    assert not workers(server) & before


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"Pid": 1}, 404, "no worker that serves has the process id 1"),
        ({"Pid": "all"}, 400, "'all' is no process id"),
        ({"Worker": 1}, 400, 'the body has to be empty or {"Pid": 123}'),
        ([], 400, 'the body has to be empty or {"Pid": 123}'),
    ],
)
def test_what_is_refused(server: OrthancServer, body: Any, status: int, message: str) -> None:
    before = workers(server)
    assert message in recycle(server, body, status)["Message"]
    assert workers(server) == before


def test_nothing_to_recycle(orthanc: Launcher) -> None:
    server = orthanc("import orthanc\n")
    assert "nothing to recycle" in recycle(server, status=409)["Message"]


@pytest.mark.parametrize("name", ["recycle", "reload", "stacks"])
def test_pages_of_other_sites_cannot_post(server: OrthancServer, name: str) -> None:
    """A browser sends Origin, and X-Requested-With only where our own page asks it to."""
    before = workers(server)
    foreign = {"Origin": "https://elsewhere.example", "Content-Type": "text/plain"}
    answer = server.post(f"/python-runtime/{name}", headers=foreign)
    assert answer.status_code == 403
    assert "X-Requested-With" in answer.json()["Message"]
    assert workers(server) == before
    own = {"Origin": server.url, "X-Requested-With": "fetch"}
    assert server.post("/python-runtime/stacks", headers=own).status_code == 200
