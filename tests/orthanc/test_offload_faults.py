# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that hang, die or are killed: the request is answered, the next ones work."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from processes import wait_gone
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import ctypes, os, signal, sys, time
import orthanc
from orthanc_runtime import offload

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(timeout=1)
def endless(output, uri, **request):
    while True:
        pass

@offload(timeout=1)
def endless_in_c(output, uri, **request):
    time.sleep(3600)

@offload(timeout=1)
def endless_with_the_gil(output, uri, **request):
    ctypes.PyDLL(None).sleep(3600)

@offload(timeout=1)
def ping_soon(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(timeout=1)
def stops_itself(output, uri, **request):
    os.kill(os.getpid(), signal.SIGSTOP)

@offload
def waits(output, uri, **request):
    orthanc.LogWarning("waits in " + str(os.getpid()))
    time.sleep(3600)

@offload
def dies(output, uri, **request):
    print("last words of the worker", file=sys.stderr)
    {
        "segfault": lambda: ctypes.string_at(0),
        "abort": os.abort,
        "exit": lambda: os._exit(3),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    }[request["groups"][0]]()

@offload
def answers_and_dies(output, uri, **request):
    output.AnswerBuffer("answered", "text/plain")
    os._exit(3)

orthanc.RegisterRestCallback("/ping", ping)
orthanc.RegisterRestCallback("/endless", endless)
orthanc.RegisterRestCallback("/endless-in-c", endless_in_c)
orthanc.RegisterRestCallback("/endless-with-the-gil", endless_with_the_gil)
orthanc.RegisterRestCallback("/ping-soon", ping_soon)
orthanc.RegisterRestCallback("/stops-itself", stops_itself)
orthanc.RegisterRestCallback("/waits", waits)
orthanc.RegisterRestCallback("/dies/(.*)", dies)
orthanc.RegisterRestCallback("/answers-and-dies", answers_and_dies)
orthanc.RegisterRestCallback(
    "/master", lambda o, u, **r: o.AnswerBuffer("master", "text/plain"))
"""


@pytest.fixture(scope="module", params=["ForkServer", "Spawn"])
def server(shared_orthanc: Any, request: pytest.FixtureRequest) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": 1, "StartMethod": request.param}}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


@pytest.mark.parametrize("path", ["/endless", "/endless-in-c", "/endless-with-the-gil"])
def test_deadline_is_504_and_the_worker_replaced(server: OrthancServer, path: str) -> None:
    before = server.get("/ping").text
    answer = server.get(path)
    assert answer.status_code == 504
    assert answer.json()["HttpStatus"] == 504
    assert server.get("/ping").text != before
    server.wait_log(path, start=server.log_offset)
    assert before in server.log[server.log_offset :]


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("/endless", "endless"),
        ("/endless-in-c", "endless_in_c"),
        ("/endless-with-the-gil", "endless_with_the_gil"),
    ],
)
def test_log_says_where_the_handler_was_at_its_deadline(
    server: OrthancServer, path: str, function: str
) -> None:
    assert server.get(path).status_code == 504
    server.wait_log(r"script\.py", start=server.log_offset)
    server.wait_log(rf"\b{function}", start=server.log_offset)


@pytest.mark.parametrize(
    ("how", "named"),
    [
        ("segfault", "SIGSEGV"),
        ("abort", "SIGABRT"),
        ("exit", "exited with code 3"),
        ("kill", "SIGKILL"),
    ],
)
def test_death_is_502_and_named(server: OrthancServer, how: str, named: str) -> None:
    before = server.get("/ping").text
    answer = server.get(f"/dies/{how}")
    assert answer.status_code == 502
    assert answer.json()["HttpStatus"] == 502
    for word in [named, before]:
        assert word in answer.text
        server.wait_log(word, start=server.log_offset)
    server.wait_log("last words of the worker", start=server.log_offset)
    server.wait_log(f"/dies/{how}", start=server.log_offset)
    assert server.get("/ping").text != before
    assert server.get("/master").text == "master"


def test_worker_killed_from_outside_while_it_works(server: OrthancServer) -> None:
    answer = server.in_background("/waits")
    pid = int(server.wait_log(r"waits in (\d+)", start=server.log_offset)[1])
    os.kill(pid, signal.SIGKILL)
    assert answer.result(60).status_code == 502
    assert "SIGKILL" in answer.result(60).text
    assert server.get("/ping").status_code == 200


def test_idle_worker_killed_from_outside(server: OrthancServer) -> None:
    for _ in range(5):
        pid = int(server.get("/ping").text)
        os.kill(pid, signal.SIGKILL)
        assert wait_gone(pid, 20)
        assert server.get("/ping").status_code == 200


@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_all_idle_workers_killed(orthanc: Any, method: str) -> None:
    workers = {"Count": 3, "StartMethod": method}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    for _ in range(3):
        assert server.get("/ping").status_code == 200
        for process in server.children():
            if process.name.startswith("orthanc-runtime worker"):
                os.kill(process.pid, signal.SIGKILL)
        answers = [server.in_background("/ping") for _ in range(6)]
        assert [answer.result(60).status_code for answer in answers] == [200] * 6


def wait_idle(server: OrthancServer, pid: int) -> None:
    """Until the worker has ended its task, which may be after the answer."""
    deadline = time.monotonic() + 20
    while True:
        (pool,) = server.get("/python-runtime/status").json()["Pools"]
        if (pid, "idle") in [(worker["Pid"], worker["State"]) for worker in pool["Workers"]]:
            return
        assert time.monotonic() < deadline, pool
        time.sleep(0.01)


def test_an_idle_worker_stopped_from_outside(server: OrthancServer) -> None:
    """Its next request meets the deadline, and the one after that another worker."""
    pid = int(server.get("/ping").text)
    wait_idle(server, pid)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert server.get("/ping-soon").status_code == 504
    finally:
        assert wait_gone(pid, 20)
    assert server.get("/ping").status_code == 200


def test_worker_killed_just_before_each_request(server: OrthancServer) -> None:
    """The death may not be known yet when the request comes; it is not lost all the same."""
    for _ in range(10):
        os.kill(int(server.get("/ping").text), signal.SIGKILL)
        assert server.get("/ping").status_code == 200


def test_stopped_worker_misses_the_deadline(server: OrthancServer) -> None:
    """It cannot even write its stacks."""
    pid = int(server.get("/ping").text)
    try:
        assert server.get("/stops-itself").status_code == 504
    finally:
        assert wait_gone(pid, 20)
    assert server.get("/ping").status_code == 200


def test_answer_made_before_the_death_arrives(server: OrthancServer) -> None:
    assert server.get("/answers-and-dies").text == "answered"
    assert server.get("/ping").status_code == 200


def test_many_deaths_under_load(server: OrthancServer) -> None:
    answers = []
    for _ in range(6):
        answers += [server.in_background("/dies/kill"), server.in_background("/ping")]
    statuses = [answer.result(90).status_code for answer in answers]
    assert statuses[0::2] == [502] * 6
    assert statuses[1::2] == [200] * 6


@pytest.mark.parametrize("where", ["not in_worker", "in_worker"])
def test_other_handlers_in_the_worker_than_in_the_master(orthanc: Any, where: str) -> None:
    script = f"""
        import orthanc
        from orthanc_runtime import in_worker, offload

        @offload
        def always(output, uri, **request):
            pass

        orthanc.RegisterRestCallback("/always", always)
        if {where}:
            orthanc.RegisterRestCallback("/only-on-one-side", always)
    """
    server = orthanc(script, config={"Python": {"Workers": 1}}, starts=False)
    assert "/only-on-one-side" in server.log


def test_start_hook_that_raises_stops_the_start(orthanc: Any) -> None:
    script = SCRIPT + (
        "from orthanc_runtime import on_worker_start\n"
        "@on_worker_start\n"
        "def broken_hook():\n    raise LookupError('the hook failed')\n"
    )
    server = orthanc(script, config={"Python": {"Workers": 1}}, starts=False)
    assert "LookupError: the hook failed" in server.log
    assert "broken_hook" in server.log


def test_a_handler_that_always_crashes_is_quarantined(orthanc: Any) -> None:
    workers = {"Count": 1, "QuarantineAfter": 2}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    assert [server.get("/dies/exit").status_code for _ in range(2)] == [502, 502]
    refused = server.get("/dies/exit")
    assert refused.status_code == 503
    assert "quarantine" in refused.json()["Message"]
    assert refused.headers["Retry-After"]
    assert server.get("/ping").status_code == 200
    outcomes = server.get("/python-runtime/status").json()["Pools"][0]["Tasks"]
    assert (outcomes["died"], outcomes["quarantined"]) == (2, 1)
