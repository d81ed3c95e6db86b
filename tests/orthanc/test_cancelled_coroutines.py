# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""At its deadline an offloaded coroutine is cancelled; where it ends, its worker lives on."""

from __future__ import annotations

from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import asyncio, os, time
import orthanc
from orthanc_runtime import errors, offload

@offload
def pid(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(timeout=0.3)
async def waits(output, uri, **request):
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        orthanc.LogWarning("cancelled")
        output.AnswerBuffer("too late", "text/plain")
        raise

@offload(timeout=0.3)
async def in_a_call(output, uri, **request):
    orthanc.RestApiGetAfterPlugins("/slow")
    await asyncio.sleep(3600)

def slow(output, uri, **request):
    time.sleep(0.6)
    output.AnswerBuffer("slow", "text/plain")

@offload(timeout=0.3)
async def stubborn(output, uri, **request):
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            pass

@offload(timeout=0.3)
async def blocks(output, uri, **request):
    time.sleep(3600)

@offload(timeout=0.3)
async def function():
    await asyncio.sleep(3600)

def call(output, uri, **request):
    try:
        function()
    except errors.TaskTimeout as error:
        output.AnswerBuffer(str(error), "text/plain")

for handler in (pid, waits, in_a_call, slow, stubborn, blocks, call):
    orthanc.RegisterRestCallback("/" + handler.__name__.replace("_", "-"), handler)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    return started


def test_cancelled_and_the_worker_lives(server: OrthancServer) -> None:
    before = server.get("/pid").text
    answer = server.get("/waits")
    assert answer.status_code == 504
    assert "was cancelled" in answer.json()["Message"]
    server.wait_log("cancelled", start=server.log_offset)
    assert server.get("/pid").text == before


def test_cancelled_after_the_call_that_it_waits_for(server: OrthancServer) -> None:
    before = server.get("/pid").text
    assert server.get("/in-a-call").status_code == 504
    assert server.get("/pid").text == before


def test_function(server: OrthancServer) -> None:
    before = server.get("/pid").text
    assert "was cancelled" in server.get("/call").text
    assert server.get("/pid").text == before


@pytest.mark.parametrize("path", ["/stubborn", "/blocks"])
def test_killed_where_it_does_not_end(server: OrthancServer, path: str) -> None:
    before = server.get("/pid").text
    answer = server.get(path)
    assert answer.status_code == 504
    assert "was killed" in answer.json()["Message"]
    assert server.get("/pid").text != before
