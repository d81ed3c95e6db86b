# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a worker says at its start, and what keeps it from starting."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import played_master
import pytest
from played_master import ECHO, Start

from orthanc_runtime import payload
from orthanc_runtime.protocol import VERSION, Kind
from orthanc_runtime.version import build_id

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start

ECHO_HANDLERS = [
    "function:handlers:add",
    "function:handlers:echo",
    "function:handlers:fail",
    "rest:handlers:/echo#1",
]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_worker_says_hello_and_serves(start: Start, method: str) -> None:
    master = start(ECHO, method)
    hello = master.bootstrap()
    assert hello.kind == Kind.HELLO, hello
    assert hello.head["protocol"] == VERSION
    assert hello.head["build"] == build_id()
    assert hello.head["pid"] == master.process.pid
    assert hello.head["handlers"] == ECHO_HANDLERS
    assert hello.head["missing_preload"] == {}
    assert hello.head["forkserver_threads"] == (1 if method == "forkserver" else None)
    title = Path(f"/proc/{master.process.pid}/cmdline").read_bytes()
    assert title.startswith(b"orthanc-runtime worker 3 (handlers.py)")
    assert os.getsid(master.process.pid) == master.process.pid

    master.request("rest:handlers:/echo#1", get={"a": "1"}, groups=("x", ""))
    first, second, done = (master.lane.receive() for _ in range(3))
    assert (first.kind, first.task, first.depth) == (Kind.OUTPUT, 7, 0)
    assert first.head == ["SetHttpHeader", "X-Uri", "/uri"]
    assert second.head == ["AnswerBuffer", "text/plain"]
    assert second.body.decode() == repr(
        [
            ("get", {"a": "1"}),
            ("groups", ("x", "")),
            ("headers", {"host": "here"}),
            ("method", "GET"),
        ]
    )
    assert (done.kind, done.task, done.depth, done.head, done.body) == (Kind.DONE, 7, 0, [], b"")


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("import no_such_module", "ModuleNotFoundError", "no_such_module"),
        ("def f(:", "SyntaxError", "invalid syntax"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("exit(0)", "SystemExit", "0"),
        (
            "import orthanc; orthanc.CreateJob('x', object())",
            "orthanc_runtime.errors.NotInWorker",
            "CreateJob",
        ),
        ("import orthanc; orthanc.RestApiGot('x')", "AttributeError", "RestApiGet"),
        (
            "import orthanc_runtime as o; o.on_worker_start(lambda: 1 / 0)",
            "ZeroDivisionError",
            "division by zero",
        ),
    ],
)
def test_a_failing_import_is_told(start: Start, source: str, kind: str, text: str) -> None:
    master = start(source)
    failed = master.bootstrap()
    assert failed.kind == Kind.STARTUP_FAILED
    assert failed.head[0] == kind
    assert text in failed.head[1]
    assert "handlers.py" in failed.head[2]
    assert master.ended() == 1


@pytest.mark.parametrize("change", [{"build": "other"}, {"protocol": VERSION + 1}])
def test_a_worker_of_another_build_says_so_and_ends(start: Start, change: dict[str, Any]) -> None:
    master = start("raise AssertionError('imported')")
    hello = master.bootstrap(**change)
    assert (hello.kind, hello.head["handlers"]) == (Kind.HELLO, [])
    assert (hello.head["protocol"], hello.head["build"]) == (VERSION, build_id())
    assert master.ended() == 1


def test_a_script_may_have_any_name(start: Start) -> None:
    master = start(ECHO, name="my-script 1.py")
    hello = master.bootstrap()
    assert "function:my-script 1:add" in hello.head["handlers"], hello
    master.function("function:my-script 1:add", 1)
    assert payload.decode_result(master.lane.receive().body) == 2


def test_missing_preloads_are_told_with_their_reason(start: Start) -> None:
    master = start(ECHO)
    hello = master.bootstrap(preload=["no_such_module", "this", "msgpack"])
    assert set(hello.head["missing_preload"]) == {"no_such_module", "this"}
    assert "ModuleNotFoundError" in hello.head["missing_preload"]["no_such_module"]
