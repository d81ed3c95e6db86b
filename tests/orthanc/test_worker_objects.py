# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the SDK that a worker makes: how long they live in Orthanc, and that none is left."""

from __future__ import annotations

import time
from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import gc, json, os, signal, threading, time
import orthanc
from orthanc_runtime import offload, on_worker_start

kept = []

@on_worker_start
def begin():
    global PEERS
    PEERS = orthanc.GetPeers()

def image():
    return orthanc.CreateImage(orthanc.PixelFormat.GRAYSCALE8, 4, 2)

def in_thread(function):
    found = []
    def run():
        try:
            found.append(function())
        except Exception as error:
            found.append([type(error).__name__, str(error)])
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]

def keep(made):
    kept.append(made)
    return len(kept)

def objects():
    (pool,) = json.loads(orthanc.RestApiGetAfterPlugins("/python-runtime/status"))["Pools"]
    return sum(worker["Objects"] for worker in pool["Workers"])

def evaluate(output, uri, **request):
    try:
        value = eval(request["body"].decode(), globals())
    except Exception as error:
        value = [type(error).__name__, str(error)]
    output.AnswerBuffer(json.dumps(value), "application/json")

@offload
def holds(output, uri, **request):
    held = [image() for _ in range(50)]
    matcher = orthanc.CreateFindMatcher(orthanc.CreateDicom("{}", None, 0))
    if request["groups"][0] == "within":
        orthanc.RestApiGetAfterPlugins("/kill/" + str(os.getpid()))
    orthanc.LogWarning(f"HOLDS {os.getpid()}")
    time.sleep(3600)

def kill(output, uri, **request):
    os.kill(int(request["groups"][0]), signal.SIGKILL)
    output.AnswerBuffer("killed", "text/plain")

def nested(output, uri, **request):
    outcome = [type(kept[-1]).__name__]
    try:
        outcome.append(kept[-1].GetImageWidth())
    except orthanc.OrthancException as error:
        outcome += error.args
    output.AnswerBuffer(json.dumps(outcome), "application/json")

orthanc.RegisterRestCallback("/evaluate", offload(evaluate))
orthanc.RegisterRestCallback("/nested", offload(nested))
orthanc.RegisterRestCallback("/holds/(.*)", holds)
orthanc.RegisterRestCallback("/kill/([0-9]+)", kill)
"""
ENDED = "This object was kept after the end of its task"
OF_ANOTHER = "This object belongs to another task of its worker"
AT_REST = 1
"""The peers of the hook."""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    return started


def evaluate(server: OrthancServer, expression: str) -> Any:
    answer = server.post("/evaluate", expression)
    assert answer.status_code == 200, answer.text
    return answer.json()


def held(server: OrthancServer) -> int:
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    return sum(worker["Objects"] for worker in pool["Workers"])


def wait_for(server: OrthancServer, objects: int) -> None:
    end = time.monotonic() + 20
    while held(server) != objects:
        assert time.monotonic() < end, f"{held(server)} objects instead of {objects}"
        time.sleep(0.05)


def test_objects_end_with_the_task(server: OrthancServer) -> None:
    assert evaluate(server, "[keep(image()), keep(image()), objects()]")[2] == AT_REST + 2
    assert held(server) == AT_REST
    assert evaluate(server, "kept[-1].GetImageWidth()") == ["OrthancException", str((6, ENDED))]
    assert evaluate(server, "kept.clear()") is None


def test_a_dropped_object_is_freed_by_the_next_call(server: OrthancServer) -> None:
    assert evaluate(server, "[image().GetImageWidth() for _ in range(5000)] == [4] * 5000") is True
    assert evaluate(server, "[image() and None, objects()]")[1] == AT_REST


def test_the_end_of_a_with_block_frees(server: OrthancServer) -> None:
    block = "(lambda i: [i.__enter__() is i, i.__exit__(), objects(), i.GetImageWidth()])(image())"
    assert evaluate(server, block) == ["OrthancException", str((6, ENDED))]
    assert evaluate(server, block.replace(", i.GetImageWidth()", "")) == [True, None, AT_REST]


def test_no_more_than_a_thousand(server: OrthancServer) -> None:
    many = "[image() for _ in range(1001)]"
    kind, text = evaluate(server, many)
    assert kind == "OrthancException"
    assert "1000 objects of Orthanc" in text
    assert held(server) == AT_REST
    assert evaluate(server, "image().GetImageWidth()") == 4


def test_objects_of_a_hook_serve_every_task(server: OrthancServer) -> None:
    for _ in range(3):
        assert evaluate(server, "PEERS.GetPeersCount()") == 0


def test_threads_share_the_objects_of_their_handler(server: OrthancServer) -> None:
    assert evaluate(server, "(lambda i: in_thread(lambda: i.GetImageWidth()))(image())") == 4
    assert evaluate(server, "in_thread(image).GetImageWidth()") == 4
    concurrent = (
        "(lambda i: list(__import__('concurrent.futures').futures.ThreadPoolExecutor(4).map("
        "lambda n: [i.DrawText(0, 'x', n, n, 1, 2, 3), i.GetImageWidth()][1], range(200))))"
        "(image())"
    )
    assert evaluate(server, concurrent) == [4] * 200


def test_an_object_of_the_outer_task_is_refused(server: OrthancServer) -> None:
    expression = "[keep(image()), json.loads(orthanc.RestApiGetAfterPlugins('/nested'))]"
    assert evaluate(server, expression)[1] == ["Image", 6, OF_ANOTHER]
    evaluate(server, "kept.clear()")


def test_an_object_cannot_leave_its_worker(server: OrthancServer) -> None:
    kind, text = evaluate(server, "__import__('pickle').dumps(image())")
    assert (kind, text) == ("TypeError", "cannot pickle 'orthanc.Image' object")


@pytest.mark.parametrize("where", ["waiting", "within"])
def test_nothing_is_left_of_a_killed_worker(server: OrthancServer, where: str) -> None:
    """It dies while it runs Python, and while Orthanc serves a call of it."""
    request = server.in_background(f"/holds/{where}")
    if where == "waiting":
        pid = server.wait_log(r"HOLDS (\d+)", start=server.log_offset)[1]
        assert held(server) == AT_REST + 51
        server.get(f"/kill/{pid}")
    assert request.result(30).status_code == 502
    wait_for(server, AT_REST)  # those of its successor
    assert evaluate(server, "image().GetImageWidth()") == 4
