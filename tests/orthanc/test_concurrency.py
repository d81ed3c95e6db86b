# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``@offload(concurrency=)``: coroutines that share a worker."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from concurrency_script import SCRIPT
from launcher import Launcher
from processes import wait_gone
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


def pool(server: OrthancServer) -> dict[str, Any]:
    (only,) = server.get("/python-runtime/status", timeout=5).json()["Pools"]
    shown: dict[str, Any] = only
    return shown


def running(server: OrthancServer) -> int:
    return sum(len(worker["Running"]) for worker in pool(server)["Workers"])


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module", params=["ForkServer", "Spawn"])
def server(shared_orthanc: Launcher, request: pytest.FixtureRequest) -> OrthancServer:
    workers = {"Count": 1, "StartMethod": request.param, "QueueTimeout": 30}
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": workers}})


@pytest.fixture
def go(tmp_path: Path) -> Path:
    return tmp_path / "go"


def test_ten_that_wait_for_the_last_one(server: OrthancServer) -> None:
    assert pool(server)["Concurrency"] == 10
    start = len(server.log)
    answers = [server.in_background("/meets?name=requests").result for _ in range(10)]
    assert {(each(30).status_code, each(30).text) for each in answers} == {
        (200, server.get("/alone").text)
    }
    served = server.log[start:].count("MET {")
    assert served == 10


def test_calls_of_functions(server: OrthancServer) -> None:
    assert server.get("/meets_by_calls").text == "1"


def test_alone_in_the_worker_between(server: OrthancServer) -> None:
    pid = server.get("/alone").text
    assert server.get("/alone_too").text == pid
    answer = server.get("/in_parts").text
    assert [f"part {number}" in answer for number in range(4)] == [True, True, True, False]
    assert server.get("/alone_too").text == pid


def test_one_that_misses_its_deadline_is_cancelled(server: OrthancServer) -> None:
    others = [server.in_background("/after_the_late_one") for _ in range(9)]
    until(lambda: running(server) == 9)
    assert server.get("/late").status_code == 504
    pid = server.get("/alone").text
    assert [other.result(30).text for other in others] == [pid] * 9


def test_what_a_handler_raises_is_its_own(server: OrthancServer, go: Path) -> None:
    other = server.in_background(f"/shared?until={go}")
    until(lambda: running(server) == 1)
    assert server.get("/raises").status_code == 500
    go.touch()
    assert other.result(30).status_code == 200


def test_no_more_than_the_handler_allows(server: OrthancServer, go: Path) -> None:
    requests = [server.in_background(f"/two_at_once?until={go}") for _ in range(3)]
    until(lambda: pool(server)["Queue"]["Waiting"] == 1)
    assert running(server) == 2
    go.touch()
    assert [request.result(30).status_code for request in requests] == [200] * 3


def test_a_task_of_its_own_is_not_overtaken(server: OrthancServer, go: Path) -> None:
    first = server.in_background(f"/shared?until={go}")
    until(lambda: running(server) == 1)
    alone = server.in_background("/alone")
    until(lambda: pool(server)["Queue"]["Waiting"] == 1)
    later = server.in_background(f"/shared?until={go}")
    until(lambda: pool(server)["Queue"]["Waiting"] == 2)
    assert running(server) == 1
    go.touch()
    assert [each.result(30).status_code for each in (first, alone, later)] == [200] * 3


def test_calls_into_orthanc_that_reach_other_handlers(server: OrthancServer) -> None:
    pid = server.get("/alone").text
    assert server.get("/reaches?to=alone").text == pid
    assert server.get("/reaches?to=alone_too").status_code == 500
    server.wait_log("NestedCoroutine.*alone_too is a coroutine", start=server.log_offset)
    # by another thread the other coroutine gets a lane of its own
    assert server.get("/reaches_by_thread?to=simple").text == pid


def test_all_kinds_at_once(server: OrthancServer, go: Path) -> None:
    go.touch()
    paths = ["/simple", "/alone", f"/shared?until={go}", "/reaches?to=alone", "/alone_too"]
    paths += [f"/two_at_once?until={go}", "/simple", "/alone"]

    def ask(path: str) -> set[int]:
        with requests.Session() as session:
            return {session.get(server.url + path, timeout=40).status_code for _ in range(150)}

    with ThreadPoolExecutor(len(paths)) as clients:
        assert list(clients.map(ask, paths)) == [{200}] * len(paths)


@pytest.mark.parametrize(("path", "status"), [("blocks", 504), ("dies", 502)])
def test_others_end_with_a_worker_that_must_be_killed(
    server: OrthancServer, go: Path, path: str, status: int
) -> None:
    pid = int(server.get("/alone").text)
    others = [server.in_background(f"/shared?until={go}") for _ in range(9)]
    until(lambda: running(server) == 9)
    assert server.get(f"/{path}").status_code == status
    for other in others:
        answer = other.result(30)
        assert answer.status_code == 502
        reason = "GET /blocks .*passed its deadline" if path == "blocks" else "exited with code 3"
        assert re.search(reason, answer.json()["Message"])
    assert wait_gone(pid, 20)
    assert int(server.get("/alone").text) != pid
    if path == "blocks":
        server.wait_log("time.sleep|in blocks", start=server.log_offset)


def test_a_reload_lets_them_end(orthanc: Launcher, go: Path) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 1}}})
    pid = server.get("/alone").text
    before = [server.in_background(f"/shared?until={go}") for _ in range(5)]
    until(lambda: running(server) == 5)
    assert server.post("/python-runtime/reload").status_code == 200
    assert server.get("/alone").text != pid
    go.touch()
    assert [each.result(30).text for each in before] == [pid] * 5
    assert wait_gone(int(pid), 20)
    after = server.in_background(f"/shared?until={go}")
    assert after.result(30).text == server.get("/alone").text != pid


def test_recycling(orthanc: Launcher, go: Path) -> None:
    workers = {"Count": 1, "MaximumTasks": 1}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    before = [server.in_background(f"/shared?until={go}") for _ in range(5)]
    until(lambda: running(server) == 5)
    go.touch()
    (pid,) = {each.result(30).text for each in before}
    assert wait_gone(int(pid), 20)
    assert server.get("/alone").text != pid


def test_workers_that_only_serve_such_handlers_share_them(orthanc: Launcher, go: Path) -> None:
    script = """
    import asyncio, os
    import orthanc
    from orthanc_runtime import offload

    @offload(concurrency=10)
    async def shared(output, uri, **request):
        while not os.path.exists(request["get"]["until"]):
            await asyncio.sleep(0.01)
        output.AnswerBuffer(str(os.getpid()), "text/plain")

    orthanc.RegisterRestCallback("/shared", shared)
    """
    server = orthanc(script, config={"Python": {"Workers": {"Count": 2}}})
    until(lambda: all(worker["State"] == "idle" for worker in pool(server)["Workers"]))
    requests = [server.in_background(f"/shared?until={go}") for _ in range(6)]
    until(lambda: running(server) == 6)
    assert [len(worker["Running"]) for worker in pool(server)["Workers"]] == [3, 3]
    go.touch()
    assert {request.result(30).status_code for request in requests} == {200}


def test_one_whose_cancellation_is_never_read_does_not_begin_again(orthanc: Launcher) -> None:
    server = orthanc(
        """
        import asyncio, time
        import orthanc
        from orthanc_runtime import offload

        @offload(concurrency=2, timeout=1)
        async def waits(output, uri, **request):
            print("BEGINS waits")
            await asyncio.Event().wait()

        @offload(concurrency=2, timeout=1)
        async def blocks(output, uri, **request):
            print("BEGINS blocks")
            time.sleep(1000)

        orthanc.RegisterRestCallback("/waits", waits)
        orthanc.RegisterRestCallback("/blocks", blocks)
        """,
        config={"Python": {"Workers": {"Count": 2}}},
    )
    waiting = server.in_background("/waits")
    server.wait_log("BEGINS waits")
    assert server.get("/blocks").status_code == 504
    assert waiting.result(30).status_code == 504
    assert server.log.count("BEGINS blocks") == 1
