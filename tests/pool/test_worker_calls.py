# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of a worker into Orthanc: on its lane, nested, and on the service socket."""

from __future__ import annotations

from typing import Any

import played_master
import pytest
from played_master import TOKEN, Start

from orthanc_runtime import payload
from orthanc_runtime.protocol import VERSION, Kind
from orthanc_runtime.version import build_id

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start


def test_calls_travel_on_the_lane(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        @offload
        def handler(output, uri, **request):
            assert orthanc.RestApiGet("/system") == b"answer"
            assert orthanc.RestApiPostAfterPlugins("/tools/find", "body") == b""
            assert orthanc.RestApiDelete("/x") is None
            assert orthanc.GenerateUuid() == "uuid"
            orthanc.LogWarning("text")
            assert orthanc.GenerateRestApiAuthorizationToken() == "Bearer 0123"
            assert orthanc.GetConfiguration() == '{"Name": "test"}'
            try:
                orthanc.RestApiGet("/missing")
            except orthanc.OrthancException as error:
                output.AnswerBuffer(str(error), "text/plain")

        orthanc.RegisterRestCallback("/x", handler)
        """
    )
    master.bootstrap()
    master.request("rest:handlers:/x#1", task=99)

    def reply(expected: list[Any], body: bytes, head: list[Any], answer: bytes = b"") -> None:
        call = master.lane.receive()
        assert (call.kind, call.task, call.depth) == (Kind.CALL, 99, 0)
        assert (call.head, call.body) == (expected, body)
        master.lane.send(Kind.REPLY, 99, 0, head, answer)

    reply(["RestApiGet", "/system"], b"", [0, "", True], b"answer")
    reply(["RestApiPostAfterPlugins", "/tools/find", 4], b"body", [0, "", True])
    reply(["RestApiDelete", "/x"], b"", [0, "", None])
    reply(["GenerateUuid"], b"", [0, "", True], b"uuid")
    log = master.lane.receive()
    assert (log.kind, log.task, log.head, log.body) == (Kind.LOG, 99, [1], b"text")
    reply(["RestApiGet", "/missing"], b"", [17, "Unknown resource", None])
    assert master.lane.receive().body == b"(17, 'Unknown resource')"
    assert master.lane.receive().kind == Kind.DONE


def test_a_nested_task_runs_while_its_call_waits(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        kept = []

        @offload
        def outer(output, uri, **request):
            kept.append(output)
            answer = orthanc.RestApiGet("/inner")
            output.AnswerBuffer(b"outer " + answer, "text/plain")

        @offload
        def inner(output, uri, **request):
            orthanc.RestApiGet("/system")
            try:
                kept[0].AnswerBuffer("wrong", "text/plain")
            except orthanc.OrthancException as error:
                output.AnswerBuffer(str(error.args[0]), "text/plain")

        orthanc.RegisterRestCallback("/outer", outer)
        orthanc.RegisterRestCallback("/inner", inner)
        """
    )
    master.bootstrap()
    master.request("rest:handlers:/outer#1", task=1)
    assert master.lane.receive().head == ["RestApiGet", "/inner"]
    master.request("rest:handlers:/inner#1", task=2, depth=1)
    call = master.lane.receive()
    assert (call.kind, call.task, call.depth) == (Kind.CALL, 2, 1)
    master.lane.send(Kind.REPLY, 2, 1, [0, "", True])
    answer = master.lane.receive()
    assert (answer.kind, answer.task, answer.depth, answer.body) == (Kind.OUTPUT, 2, 1, b"6")
    done = master.lane.receive()
    assert (done.kind, done.task, done.depth) == (Kind.DONE, 2, 1)
    master.lane.send(Kind.REPLY, 1, 0, [0, "", True], b"inner")
    answer = master.lane.receive()
    assert (answer.task, answer.depth, answer.body) == (1, 0, b"outer inner")
    assert master.lane.receive().kind == Kind.DONE


def test_a_reply_to_another_task_ends_the_worker(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        orthanc.RegisterRestCallback(
            "/x", offload(lambda output, uri, **request: orthanc.GenerateUuid())
        )
        """
    )
    master.bootstrap()
    master.request("rest:handlers:/x#1", task=1)
    master.lane.receive()
    master.lane.send(Kind.REPLY, 2, 0, [0, "", ""])
    assert master.ended() == 1
    assert b"worker ends: frame" in master.read(master.stderr, b"\n")


def test_threads_and_start_hooks_use_the_service_socket(start: Start) -> None:
    master = start(
        """
        import threading
        import orthanc
        from orthanc_runtime import offload, on_worker_start, rest

        try:
            orthanc.RestApiGet("/system")
        except orthanc.OrthancException as error:
            orthanc.LogError(f"import {error.args[0]}")

        @on_worker_start
        def begin():
            orthanc.LogInfo("hook " + orthanc.RestApiGet("/system").decode())

        found = []

        @offload
        def in_thread():
            thread = threading.Thread(target=lambda: found.append(orthanc.GenerateUuid()))
            thread.start()
            thread.join()
            return found, rest.url, rest.token
        """
    )
    script = {"path": str(master.script), "module": "handlers"}
    master.lane.send(
        Kind.BOOTSTRAP,
        0,
        0,
        {
            "protocol": VERSION,
            "build": build_id(),
            "worker": 0,
            "scripts": [script],
            "token": TOKEN,
            "rest": {"url": "https://[::1]:8042/"},
            "facts": {},
        },
    )
    log = master.service.receive()
    assert (log.kind, log.task, log.head, log.body) == (Kind.LOG, 0, [0], b"import 2038")
    call = master.service.receive()
    assert (call.kind, call.task, call.depth) == (Kind.CALL, 0, 0)
    master.service.send(Kind.REPLY, 0, 0, [0, "", True], b"there")
    log = master.service.receive()
    assert (log.head, log.body) == ([2], b"hook there")
    assert master.lane.receive().kind == Kind.HELLO
    master.function("function:handlers:in_thread")
    assert master.service.receive().head == ["GenerateUuid"]
    master.service.send(Kind.REPLY, 0, 0, [0, "", True], b"u")
    done = master.lane.receive()
    assert payload.decode_result(done.body) == (["u"], "https://[::1]:8042", TOKEN)
