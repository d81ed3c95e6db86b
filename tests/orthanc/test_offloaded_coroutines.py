# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coroutine functions that run in workers: REST handlers, and functions that are called."""

from __future__ import annotations

from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import asyncio, os, sys
import orthanc
from orthanc_runtime import in_worker, offload

loops = []

@offload
async def echo(output, uri, **request):
    await asyncio.sleep(0)
    output.AnswerBuffer(request["body"], "application/octet-stream")

@offload
async def same_loop(output, uri, **request):
    loop = asyncio.get_running_loop()
    loops.append(loop)
    known = all(each is loop for each in loops)
    kind = type(loop).__module__.partition(".")[0]
    output.AnswerBuffer(f"{len(loops)} {known} {kind} {in_worker}", "text/plain")

RAISED = {
    "division": lambda: 1 / 0,
    "exit": lambda: sys.exit(3),
    "sdk": lambda: orthanc.RestApiGet("/instances/nope"),
    "cancelled": lambda: asyncio.current_task().cancel(),
    "nothing": lambda: None,
}

@offload
async def raises(output, uri, **request):
    RAISED[request["groups"][0]]()
    await asyncio.sleep(0)

@offload
def plain(output, uri, **request):
    output.AnswerBuffer("plain", "text/plain")

@offload
async def reaches(output, uri, **request):
    # In the thread of the loop, the inner task runs in this worker while this one waits.
    target = "/" + request["get"]["to"]
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins(target), "text/plain")

@offload
def reaches_a_coroutine(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiPostAfterPlugins("/echo", b"inner"), "text/plain")

@offload
async def twice(value):
    await asyncio.sleep(0)
    if value is None:
        raise ValueError("nothing to double")
    return value * 2, os.getpid()

@offload
async def calls_another(value):
    return (await twice(value))[1] == os.getpid()

@offload
def calls_without_loop(value):
    return twice(value)[0], twice.submit(value).result()[0]

def call(output, uri, **request):
    inside = twice(4)
    submitted = twice.submit(5).result(30)
    try:
        twice(None)
    except ValueError as error:
        raised = str(error)
    answer = (inside[0], submitted[0], inside[1] == os.getpid(), raised,
              calls_another(1), calls_without_loop(6))
    output.AnswerBuffer(repr(answer), "text/plain")

async def awaits(output, uri, **request):
    values = await asyncio.gather(twice(1), twice(2))
    output.AnswerBuffer(repr([value for value, pid in values]), "text/plain")

for name in ("echo", "plain", "reaches", "call", "awaits"):
    orthanc.RegisterRestCallback("/" + name, globals()[name])
orthanc.RegisterRestCallback("/same-loop", same_loop)
orthanc.RegisterRestCallback("/raises/(.*)", raises)
orthanc.RegisterRestCallback("/reaches-a-coroutine", reaches_a_coroutine)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    return started


def test_answer(server: OrthancServer) -> None:
    body = bytes(range(256)) * 1000
    assert server.post("/echo", body).content == body


def test_one_loop_for_the_life_of_the_worker(server: OrthancServer) -> None:
    assert [server.get("/same-loop").text for _ in range(3)] == [
        f"{number} True uvloop True" for number in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("name", "status"), [("division", 500), ("exit", 500), ("cancelled", 500), ("sdk", 404)]
)
def test_exceptions(server: OrthancServer, name: str, status: int) -> None:
    assert server.get(f"/raises/{name}").status_code == status
    server.wait_log(r"script\.py.*in raises", start=server.log_offset)
    assert server.post("/echo", b"alive").content == b"alive"


def test_no_answer(server: OrthancServer) -> None:
    assert server.get("/raises/nothing").status_code == 500


def test_calls_of_coroutine_functions(server: OrthancServer) -> None:
    answer = server.get("/call")
    assert answer.text == "(8, 10, False, 'nothing to double', True, (12, 12))"


def test_a_coroutine_in_orthanc_awaits_calls(server: OrthancServer) -> None:
    assert server.get("/awaits").text == "[2, 4]"


def test_nested_handlers(server: OrthancServer) -> None:
    assert server.get("/reaches?to=plain").text == "plain"
    assert server.get("/reaches-a-coroutine").text == "inner"
    assert server.get("/reaches?to=same-loop").status_code == 500
    server.wait_log("NestedCoroutine.*same_loop is a coroutine", start=server.log_offset)
    assert server.post("/echo", b"alive").content == b"alive"


def test_count_0_runs_them_in_orthanc(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 0}})
    assert server.get("/same-loop").text == "1 True uvloop False"
    assert server.get("/awaits").text == "[2, 4]"
    assert "(8, 10, True," in server.get("/call").text
