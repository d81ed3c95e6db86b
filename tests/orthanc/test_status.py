# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /python-runtime/status, and the same numbers among Orthanc's metrics."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import ctypes, os, time
import orthanc
from orthanc_runtime import offload

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
def waits(output, uri, **request):
    orthanc.LogWarning("WAITS")
    while not os.path.exists(request["get"]["until"]):
        time.sleep(0.01)
    output.AnswerBuffer("waited", "text/plain")

@offload
def raises(output, uri, **request):
    raise ValueError("the patient is called Smith")

@offload(timeout=0.5)
def endless(output, uri, **request):
    while True:
        pass

@offload
def dies(output, uri, **request):
    os._exit(3)

def holds_the_gil(output, uri, **request):
    orthanc.LogWarning("HOLDS")
    ctypes.PyDLL(None).usleep(3_000_000)
    output.AnswerBuffer("held", "text/plain")

for function in (ping, waits, raises, endless, dies, holds_the_gil):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""
HIDES = r"""
import orthanc
orthanc.RegisterRestCallback(
    "/python-runtime/.*", lambda o, u, **r: o.AnswerBuffer("mine", "text/plain"))
"""


def status(server: OrthancServer) -> dict[str, Any]:
    answer = server.get("/python-runtime/status", timeout=5)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    shown: dict[str, Any] = answer.json()
    return shown


def pool(server: OrthancServer) -> dict[str, Any]:
    (only,) = status(server)["Pools"]
    shown: dict[str, Any] = only
    return shown


def metrics(server: OrthancServer) -> dict[str, float]:
    answer = server.get("/tools/metrics-prometheus", timeout=5)
    assert answer.status_code == 200
    lines = [line.split() for line in answer.text.splitlines()]
    return {line[0]: float(line[1]) for line in lines if line[0].startswith("orthanc_runtime_")}


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 2}})


def test_idle_workers(server: OrthancServer) -> None:
    pid = int(server.get("/ping").text)
    whole = status(server)
    assert whole["Offloading"] is True
    assert whole["Pid"] == server.pid
    assert whole["Version"]
    (shown,) = whole["Pools"]
    assert (shown["Name"], shown["State"], shown["Count"]) == ("default", "serving", 2)
    assert [worker["Index"] for worker in shown["Workers"]] == [0, 1]
    (served,) = [worker for worker in shown["Workers"] if worker["Pid"] == pid]
    assert served["State"] == "idle"
    assert served["Tasks"] >= 1
    assert served["Running"] == []
    assert 10e6 < served["Memory"] < 1e9
    assert 0 < served["Age"] < 300
    assert shown["Queue"]["Waiting"] == shown["Queue"]["Admitted"] == 0


def test_busy_workers_and_queue(server: OrthancServer) -> None:
    until = server.folder / "go"
    path = f"/waits?until={until}"
    requests = [server.in_background(path) for _ in range(3)]
    deadline = time.monotonic() + 20
    wanted = (1, 3, ["busy", "busy"])
    seen: object = None
    while seen != wanted:
        assert time.monotonic() < deadline, seen
        shown = pool(server)
        states = [worker["State"] for worker in shown["Workers"]]
        seen = (shown["Queue"]["Waiting"], shown["Queue"]["Admitted"], states)
    for worker in shown["Workers"]:
        (task,) = worker["Running"]
        assert task["What"] == "GET /waits"  # without the query, which may name a patient
        assert 0 <= task["Age"] < 20
    shown_metrics = metrics(server)
    assert shown_metrics['orthanc_runtime_workers{pool="default",state="busy"}'] == 2
    assert shown_metrics['orthanc_runtime_queue_waiting{pool="default"}'] == 1
    assert shown_metrics['orthanc_runtime_oldest_task_seconds{pool="default"}'] > 0
    until.touch()
    assert [request.result(30).text for request in requests] == ["waited"] * 3


def test_outcomes_and_failures(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 2}})
    for path, code in [("ping", 200), ("raises", 500), ("endless", 504), ("dies", 502)]:
        assert server.get(f"/{path}").status_code == code
    deadline = time.monotonic() + 20
    shown = pool(server)
    while sum(shown["Tasks"].values()) < 4:  # an answer can be here before it is counted
        assert time.monotonic() < deadline
        shown = pool(server)
    assert {name: count for name, count in shown["Tasks"].items() if count} == {
        "answered": 1,
        "failed": 1,
        "timeout": 1,
        "died": 1,
    }
    died, timeout, failed = shown["LastFailures"][:3]
    assert died["Outcome"] == "died"
    assert "exited with code 3" in died["Reason"]
    assert timeout["Outcome"] == "timeout"
    assert timeout["Task"] == died["Task"] - 1
    assert failed["What"] == "GET /raises"
    assert "Smith" in failed["Reason"]
    assert failed["Time"].startswith("20")
    durations = shown["Durations"]
    assert durations["Count"] == sum(bucket["Count"] for bucket in durations["Buckets"])
    assert durations["TotalSeconds"] > 0.5
    ends = [bucket["UpTo"] for bucket in durations["Buckets"]]
    assert ends[-1] is None
    assert ends[:-1] == sorted(ends[:-1])
    assert {0.0001, 0.001, 0.025, 1.0, 300.0} < set(ends)
    text = metrics(server)
    assert text['orthanc_runtime_tasks_total{pool="default",outcome="died"}'] >= 1
    assert (
        text['orthanc_runtime_task_seconds_bucket{pool="default",le="+Inf"}']
        == (text['orthanc_runtime_task_seconds_count{pool="default"}'])
    )


def living(server: OrthancServer, gone: int = 0) -> set[int]:
    """The workers that can serve, once there are two, and ``gone`` is none of them."""
    deadline = time.monotonic() + 20
    while True:
        workers = pool(server)["Workers"]
        pids = {worker["Pid"] for worker in workers if worker["State"] in ("idle", "busy")}
        if len(pids) == 2 and gone not in pids:
            return pids
        assert time.monotonic() < deadline


def test_worker_that_was_killed_from_outside_is_replaced(server: OrthancServer) -> None:
    killed = min(living(server))
    os.kill(killed, signal.SIGKILL)
    assert living(server, gone=killed)


def test_answers_while_the_master_is_held(server: OrthancServer) -> None:
    start = len(server.log)
    held = server.in_background("/holds_the_gil")
    server.wait_log("HOLDS", start=start)
    began = time.monotonic()
    assert pool(server)["State"] == "serving"
    assert metrics(server)['orthanc_runtime_pool_serving{pool="default"}'] == 1
    assert time.monotonic() - began < 2
    assert not held.done()
    assert held.result(30).text == "held"


def test_routes_and_who_runs_them(server: OrthancServer) -> None:
    routes = server.get("/python-runtime/routes").json()
    pools = {route["Pattern"]: route["Pool"] for route in routes}
    assert pools["/ping"] == "default"
    assert pools["/holds_the_gil"] is None
    assert routes[0]["Pattern"] == "/ping"


def test_other_methods_are_refused(server: OrthancServer) -> None:
    assert server.post("/python-runtime/status").status_code == 405


def test_nothing_offloaded_and_nobody_takes_its_place(orthanc: Launcher) -> None:
    server = orthanc(HIDES)
    shown = status(server)
    assert shown["Offloading"] is False
    assert shown["Pools"] == []
    assert "runs in Orthanc itself" in shown["Message"]
    assert server.get("/python-runtime/other").text == "mine"


def test_authentication_and_undescribed_errors(orthanc: Launcher) -> None:
    config = {
        "AuthenticationEnabled": True,
        "RegisteredUsers": {"operator": "secret"},
        "HttpDescribeErrors": False,
        "Python": {"Workers": 1},
    }
    server = orthanc(SCRIPT, config=config)
    assert server.get("/python-runtime/status").status_code == 401
    server.session.auth = ("operator", "secret")
    assert server.get("/raises").status_code == 500
    (failure,) = pool(server)["LastFailures"]
    assert failure["Outcome"] == "failed"
    assert "Smith" not in str(failure)
