# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded handlers that reach each other through Orthanc."""

from __future__ import annotations

import time
from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os
import orthanc
from orthanc_runtime import offload, rest

@offload
def sdk(output, uri, **request):
    depth = int(request["groups"][0])
    inner = b"end" if depth == 0 else orthanc.RestApiGetAfterPlugins(f"/sdk/{depth - 1}")
    output.AnswerBuffer(f"{depth}:{os.getpid()} ".encode() + inner, "text/plain")

@offload
def over_http(output, uri, **request):
    answer = rest.get("/noop")
    output.AnswerBuffer(f"{answer.status_code} {answer.headers.get('Retry-After')}", "text/plain")

@offload
def noop(output, uri, **request):
    output.AnswerBuffer("", "text/plain")

@offload
def failing(output, uri, **request):
    raise ValueError("raised within the nested handler")

@offload
def calls_failing(output, uri, **request):
    try:
        orthanc.RestApiGetAfterPlugins("/failing")
        output.AnswerBuffer("no error", "text/plain")
    except orthanc.OrthancException as error:
        output.AnswerBuffer(f"error {error.args[0]}", "text/plain")

@offload
def dies(output, uri, **request):
    os._exit(3)

@offload
def calls_dies(output, uri, **request):
    orthanc.RestApiGetAfterPlugins("/dies")
    output.AnswerBuffer("no error", "text/plain")

@offload
def calls_master(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins("/master-calls-worker"), "text/plain")

def master_calls_worker(output, uri, **request):
    output.AnswerBuffer(b"master " + orthanc.RestApiGetAfterPlugins("/sdk/0"), "text/plain")

orthanc.RegisterRestCallback("/sdk/([0-9]+)", sdk)
orthanc.RegisterRestCallback("/over-http", over_http)
orthanc.RegisterRestCallback("/noop", noop)
orthanc.RegisterRestCallback("/failing", failing)
orthanc.RegisterRestCallback("/calls-failing", calls_failing)
orthanc.RegisterRestCallback("/dies", dies)
orthanc.RegisterRestCallback("/calls-dies", calls_dies)
orthanc.RegisterRestCallback("/calls-master", calls_master)
orthanc.RegisterRestCallback("/master-calls-worker", master_calls_worker)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    """One worker: a nested task that waited for another worker would wait for ever."""
    config = {"Python": {"Workers": {"Count": 1, "QueueTimeout": 600}}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
def test_nested_tasks_run_in_the_worker_that_waits(server: OrthancServer, depth: int) -> None:
    answer = server.get(f"/sdk/{depth}")
    assert answer.status_code == 200
    steps = answer.text.split()
    assert [step.split(":")[0] for step in steps] == [*map(str, range(depth, -1, -1)), "end"]
    assert len({step.split(":")[1] for step in steps[:-1]}) == 1


def test_too_deep_is_a_named_error(server: OrthancServer) -> None:
    assert server.get("/sdk/5").status_code == 500
    server.wait_log("more than 4 deep", start=server.log_offset)
    assert server.get("/sdk/4").status_code == 200


def test_request_of_a_worker_over_http_never_queues(server: OrthancServer) -> None:
    assert server.get("/over-http").text == "503 1"


def test_request_of_a_worker_over_http_takes_an_idle_worker(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 2}}})
    wait_both_serve(server)
    answers = {server.get("/over-http").text for _ in range(20)}
    assert "200 None" in answers


def wait_both_serve(server: OrthancServer) -> None:
    """Orthanc starts with the first worker; the second one comes up meanwhile."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        (pool,) = server.get("/python-runtime/status").json()["Pools"]
        if [worker["State"] for worker in pool["Workers"]] == ["idle", "idle"]:
            return
        time.sleep(0.05)
    pytest.fail("the second worker does not come up")


def test_nested_failure_reaches_the_outer_handler(server: OrthancServer) -> None:
    assert server.get("/calls-failing").text == "error 1"
    server.wait_log("raised within the nested handler", start=server.log_offset)


def test_death_in_a_nested_task(server: OrthancServer) -> None:
    assert server.get("/calls-dies").status_code == 502
    assert server.get("/noop").status_code == 200


def test_master_in_between(server: OrthancServer) -> None:
    assert server.get("/calls-master").text.startswith("master 0:")


def test_nested_requests_under_load(server: OrthancServer) -> None:
    answers = [server.in_background("/sdk/3") for _ in range(12)]
    assert [answer.result(90).status_code for answer in answers] == [200] * 12
