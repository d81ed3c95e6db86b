# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST handlers that are coroutines, in Orthanc itself."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import asyncio, sys, threading, time
import functools
import orthanc

waiting = []

async def meet(output, uri, **request):
    # Both requests are there at once, or none is answered.
    others = list(waiting)
    event = asyncio.Event()
    waiting.append(event)
    if others:
        event.set()
        others[0].set()
    await asyncio.wait_for(event.wait(), 30)
    output.AnswerBuffer(request["get"]["name"], "text/plain")

async def echo(output, uri, **request):
    await asyncio.sleep(0)
    output.AnswerBuffer(request["body"], "application/octet-stream")

async def system(output, uri, **request):
    answer = await asyncio.to_thread(orthanc.RestApiGet, "/system")
    output.AnswerBuffer(answer, "application/json")

async def number(value):
    await asyncio.sleep(0)
    return value

async def tasks(output, uri, **request):
    made = [asyncio.create_task(number(value)) for value in range(10)]
    output.AnswerBuffer(str(sum(await asyncio.gather(*made))), "text/plain")

RAISED = {
    "division": lambda: 1 / 0,
    "exit": lambda: sys.exit(3),
    "sdk": lambda: orthanc.RestApiGet("/instances/nope"),
    "cancelled": lambda: asyncio.current_task().cancel(),
    "kept": lambda: kept[0].AnswerBuffer("again", "text/plain"),
}
kept = []

async def raises(output, uri, **request):
    RAISED[request["groups"][0]]()
    await asyncio.sleep(0)

async def silent(output, uri, **request):
    return "not an answer"

async def exits_in_a_task(output, uri, **request):
    async def leave():
        sys.exit(4)
    asyncio.create_task(leave())
    await asyncio.sleep(0)
    output.AnswerBuffer("went on", "text/plain")

async def keep(output, uri, **request):
    kept.append(output)
    output.AnswerBuffer(threading.current_thread().name, "text/plain")

async def to_itself(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins("/silent"), "text/plain")

async def with_prefix(prefix, output, uri, **request):
    output.AnswerBuffer(prefix + uri, "text/plain")

def threads(output, uri, **request):
    names = [thread.name for thread in threading.enumerate()]
    output.AnswerBuffer("\\n".join(names), "text/plain")

class Handlers:
    async def method(self, output, uri, **request):
        output.AnswerBuffer("method", "text/plain")

orthanc.RegisterRestCallback("/meet", meet)
orthanc.RegisterRestCallback("/echo", echo)
orthanc.RegisterRestCallback("/system-of-orthanc", system)
orthanc.RegisterRestCallback("/tasks", tasks)
orthanc.RegisterRestCallback("/raises/(.*)", raises)
orthanc.RegisterRestCallback("/silent", silent)
orthanc.RegisterRestCallback("/exits-in-a-task", exits_in_a_task)
orthanc.RegisterRestCallback("/keep", keep)
orthanc.RegisterRestCallback("/to-itself", to_itself)
orthanc.RegisterRestCallback("/partial", functools.partial(with_prefix, "at "))
orthanc.RegisterRestCallback("/method", Handlers().method)
orthanc.RegisterRestCallback("/threads", threads)
"""
THREAD = "orthanc-runtime-coroutines"


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


def test_answers(server: OrthancServer) -> None:
    body = bytes(range(256)) * 100
    assert server.post("/echo", body).content == body
    assert server.get("/system-of-orthanc").json()["Name"] == "orthanc-runtime-tests"
    assert server.get("/tasks").text == "45"
    assert server.get("/partial").text == "at /partial"
    assert server.get("/method").text == "method"


def test_several_requests_interleave(server: OrthancServer) -> None:
    first = server.in_background("/meet?name=first")
    second = server.in_background("/meet?name=second")
    assert (first.result(60).text, second.result(60).text) == ("first", "second")


def test_many_at_once(server: OrthancServer) -> None:
    answers = [server.in_background("/echo", "POST", data=str(n)) for n in range(40)]
    assert [answer.result(60).text for answer in answers] == [str(n) for n in range(40)]


@pytest.mark.parametrize("name", ["division", "exit", "cancelled"])
def test_exception_is_500_with_a_traceback_in_the_log(server: OrthancServer, name: str) -> None:
    answer = server.get(f"/raises/{name}")
    assert answer.status_code == 500
    assert answer.json()["OrthancStatus"] == 1
    server.wait_log(r"script\.py.*in raises", start=server.log_offset)
    assert server.get("/tasks").text == "45"


def test_uncaught_orthanc_exception_keeps_its_code(server: OrthancServer) -> None:
    answer = server.get("/raises/sdk")
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, 17)


def test_no_answer_is_500(server: OrthancServer) -> None:
    answer = server.get("/silent")
    assert answer.status_code == 500
    assert "without an answer" in answer.json()["Details"]


def test_kept_output_raises(server: OrthancServer) -> None:
    assert server.get("/keep").text == THREAD
    answer = server.get("/raises/kept")
    assert answer.status_code == 500
    assert "kept after the end" in answer.json()["Details"]


def test_a_task_that_exits_is_logged_and_the_loop_goes_on(server: OrthancServer) -> None:
    assert server.get("/exits-in-a-task").text == "went on"
    server.wait_log("SystemExit: 4", start=server.log_offset)
    assert server.get("/tasks").text == "45"


def test_a_coroutine_that_reaches_another_by_a_blocking_call(server: OrthancServer) -> None:
    """It would wait for itself for ever."""
    assert server.get("/to-itself").status_code == 500
    server.wait_log("await asyncio.to_thread", start=server.log_offset)


def test_no_thread_without_coroutines_and_none_left_by_a_reset(orthanc: Any) -> None:
    server = orthanc(SCRIPT)
    assert THREAD not in server.get("/threads").text
    for _ in range(2):
        assert server.get("/tasks").text == "45"
        assert server.get("/system-of-orthanc").status_code == 200
        assert THREAD in server.get("/threads").text
        start = len(server.log)
        assert server.post("/tools/reset").status_code == 200
        server.session.close()
        server.wait_log("Orthanc has started", 60, start)
        assert THREAD not in server.get("/threads").text


STOPPED = """
import asyncio, time
import orthanc

async def waits(output, uri, **request):
    orthanc.LogWarning("begun")
    try:
        await asyncio.sleep(3600)
    finally:
        orthanc.LogWarning("cancelled")

async def ends(output, uri, **request):
    orthanc.LogWarning("begun")
    await asyncio.sleep(1)
    output.AnswerBuffer("finished", "text/plain")

async def stubborn(output, uri, **request):
    orthanc.LogWarning("begun")
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

async def spins(output, uri, **request):
    orthanc.LogWarning("begun")
    while True:
        pass

async def blocks(output, uri, **request):
    orthanc.LogWarning("begun")
    time.sleep(3600)

async def in_background(output, uri, **request):
    async def forever():
        await asyncio.sleep(3600)
    global task
    task = asyncio.create_task(forever())
    orthanc.LogWarning("begun")
    output.AnswerBuffer("answered", "text/plain")

for handler in (waits, ends, stubborn, spins, blocks, in_background):
    orthanc.RegisterRestCallback("/" + handler.__name__, handler)
"""


def stopped(orthanc: Any, path: str, timeout: float) -> tuple[Any, OrthancServer]:
    """The answer to a request that was under way when Orthanc was told to stop."""
    server = orthanc(STOPPED, config={"Python": {"Workers": {"ShutdownTimeout": timeout}}})
    answer = server.in_background(path)
    server.wait_log("begun")
    server.signal(signal.SIGTERM)
    assert server.wait_exit(40) == 0
    return answer.result(60), server


def test_stop_lets_coroutines_end(orthanc: Any) -> None:
    answer, _ = stopped(orthanc, "/ends", 30)
    assert (answer.status_code, answer.text) == (200, "finished")


def test_stop_cancels_coroutines(orthanc: Any) -> None:
    answer, server = stopped(orthanc, "/waits", 2)
    assert answer.status_code == 503
    assert answer.json()["Message"] == "Orthanc is stopping"
    assert "cancelled" in server.log


def test_stop_cancels_offloaded_coroutines_of_count_0(orthanc: Any) -> None:
    offloaded = STOPPED.replace("async def waits", "@offload\nasync def waits")
    server = orthanc(
        "from orthanc_runtime import offload\n" + offloaded,
        config={"Python": {"Workers": {"Count": 0, "ShutdownTimeout": 2}}},
    )
    answer = server.in_background("/waits")
    server.wait_log("begun")
    server.signal(signal.SIGTERM)
    assert server.wait_exit(40) == 0
    assert answer.result(60).status_code == 503


@pytest.mark.parametrize("path", ["/stubborn", "/spins", "/blocks"])
def test_stop_goes_on_without_coroutines_that_do_not_end(orthanc: Any, path: str) -> None:
    answer, server = stopped(orthanc, path, 2)
    assert answer.status_code == 503
    assert "they were cancelled" in server.log


def test_stop_cancels_tasks_that_outlive_their_request(orthanc: Any) -> None:
    answer, server = stopped(orthanc, "/in_background", 30)
    assert answer.text == "answered"
    assert "does not end" not in server.log
