# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""EmitAuditLog and RegisterAuditLogHandler."""

from __future__ import annotations

import json
from typing import Any

import pytest
from launcher import Launcher
from sdk_session import SCRIPT as EVALUATE
from sdk_session import evaluate
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.sdk(1, 12, 9)]

SCRIPT = (
    EVALUATE
    + r"""
import threading

seen = []

def register(name, function=lambda: None):
    def handler(*event):
        seen.append((name, *event))
        function()
    orthanc.RegisterAuditLogHandler(handler)

def emit(action, data=b"data"):
    orthanc.EmitAuditLog("plugin", "user", orthanc.ResourceType.STUDY, "id", action, data)

def taken():
    found, seen[:] = list(seen), []
    return [[*event[:-1], event[-1].decode("latin-1")] for event in found]

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        register("started")
        orthanc.LogWarning("REGISTERED")

def act():
    name, *event = seen[-1]
    if event[4] == "emit again":
        emit("never")
    if event[4] == "emit below":
        below = json.loads(orthanc.RestApiPostAfterPlugins("/emit", ""))
        seen.append(("below", below, b""))
    if event[4] == "register":
        register("within a handler")

def below(output, uri, **request):
    try:
        emit("never")
        found = "emitted"
    except orthanc.OrthancException as error:
        found = str(error)
    output.AnswerBuffer(json.dumps(found), "application/json")

def in_threads():
    threads = [threading.Thread(target=lambda: [emit("many") for _ in range(100)])
               for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return len(taken())

def emits(output, uri, **request):
    emit("from a worker", json.loads(request["body"]))
    output.AnswerBuffer("emitted", "text/plain")

if hasattr(orthanc, "RegisterAuditLogHandler"):
    try:
        from orthanc_runtime import offload
    except ImportError:  # the reference plugin
        pass
    else:
        orthanc.RegisterRestCallback("/worker", offload(emits))
    register("first", act)
    register("fails", lambda: 1 / 0)
    register("last")
    orthanc.RegisterRestCallback("/emit", below)
    orthanc.RegisterOnChangeCallback(on_change)
"""
)
NAMES = ["first", "fails", "last", "started"]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


@pytest.fixture
def handled(server: OrthancServer) -> OrthancServer:
    server.wait_log("REGISTERED")
    evaluate(server, "seen.clear()")
    return server


def emitted(server: OrthancServer, arguments: str) -> list[list[Any]]:
    assert evaluate(server, f"emit({arguments})") == {"type": "NoneType", "value": None}
    found: list[list[Any]] = evaluate(server, "taken()")["value"]
    return found


@pytest.mark.parametrize("data", ["b'data'", "'text'", "None", "b''"])
def test_emitting(server: OrthancServer, data: str) -> None:
    event = f"'plugin', 'user', orthanc.ResourceType.PATIENT, 'id', 'action', {data}"
    assert evaluate(server, f"orthanc.EmitAuditLog({event})") == {"type": "NoneType", "value": None}


@pytest.mark.parametrize(
    "event",
    ["", "'a', 'b', orthanc.ResourceType.STUDY, 'id', 'action'", "1, 2, 3, 4, 5, 6"],
)
def test_bad_arguments(server: OrthancServer, event: str) -> None:
    assert evaluate(server, f"orthanc.EmitAuditLog({event})")["error"] == "TypeError"


@pytest.mark.runtime_only
def test_all_handlers_run(handled: OrthancServer) -> None:
    start = len(handled.log)
    event = ["plugin", "user", 1, "id", "looked"]
    assert emitted(handled, "'looked', b'a\\0\\xff'") == [[n, *event, "a\0\xff"] for n in NAMES]
    handled.wait_log("Error in the audit log handler", start=start)
    assert "ZeroDivisionError" in handled.log[start:]
    assert emitted(handled, "'looked', None") == [[name, *event, ""] for name in NAMES]
    assert evaluate(handled, "emit('x') or type(seen[0][3]).__name__")["value"] == "ResourceType"


@pytest.mark.runtime_only
def test_large_data(handled: OrthancServer) -> None:
    assert evaluate(handled, "emit('large', bytes(50 << 20)) or len(seen[0][-1])")["value"] == (
        50 << 20
    )
    assert evaluate(handled, "emit('a\\0b')")["error"] == "ValueError"


@pytest.mark.runtime_only
def test_emitting_within_a_handler(handled: OrthancServer) -> None:
    start = len(handled.log)
    assert [name for name, *_ in emitted(handled, "'emit again'")] == NAMES
    handled.wait_log("cannot be emitted by the handler of another one", start=start)
    names = {name: more for name, *more in emitted(handled, "'emit below'")}
    assert "cannot be emitted by the handler of another one" in names["below"][0]
    assert len(emitted(handled, "'looked'")) == len(NAMES)


@pytest.mark.runtime_only
def test_emitting_in_threads(handled: OrthancServer) -> None:
    assert evaluate(handled, "in_threads()")["value"] == 800 * len(NAMES)


@pytest.mark.runtime_only
def test_registering_within_handlers(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT)
    server.wait_log("REGISTERED")
    assert evaluate(server, "register('handler')")["type"] == "NoneType"
    assert [name for name, *_ in emitted(server, "'register'")] == [*NAMES, "handler"]
    names = [name for name, *_ in emitted(server, "'looked'")]
    assert names == [*NAMES, "handler", "within a handler"]
    assert evaluate(server, "orthanc.RegisterAuditLogHandler(5)")["error"] == "TypeError"


@pytest.mark.runtime_only
def test_emitting_in_a_worker(handled: OrthancServer) -> None:
    """Who says nothing of their own says which task it was."""
    answer = handled.post("/worker", json.dumps("data"))
    assert answer.text == "emitted"
    event = ["plugin", "user", 1, "id", "from a worker", "data"]
    assert evaluate(handled, "taken()")["value"] == [[name, *event] for name in NAMES]
    answer = handled.post("/worker", json.dumps(None), headers={"X-Request-Id": "abc"})
    assert answer.headers["X-Request-Id"] == "abc"
    found = [json.loads(event[-1]) for event in evaluate(handled, "taken()")["value"]]
    assert [data["request"] for data in found] == ["abc"] * len(NAMES)
    assert all(data["task"].isdigit() for data in found)
