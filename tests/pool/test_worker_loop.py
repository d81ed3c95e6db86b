# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real worker process; the test plays Orthanc at the other end of its sockets."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import multiprocess  # type: ignore[import-untyped]
import pytest

from orthanc_runtime import errors, payload
from orthanc_runtime.protocol import VERSION, Frame, FrameSocket, Kind, TaskKind
from orthanc_runtime.version import build_id
from orthanc_runtime.workers.main import run

pytestmark = pytest.mark.pool

DEADLINE = 30.0
TOKEN = "Bearer 0123"  # noqa: S105


class Master:
    """One worker and the master's ends of its sockets and pipes."""

    def __init__(self, method: str, script: Path) -> None:
        lane, lane_there = socket.socketpair()
        service, service_there = socket.socketpair()
        # As pipes, but multiprocess can pass them as they are.
        self.stdout, stdout_there = socket.socketpair()
        self.stderr, stderr_there = socket.socketpair()
        for end in (lane, service):
            end.settimeout(DEADLINE)
        self.lane, self.service = FrameSocket(lane), FrameSocket(service)
        self.script = script
        context = multiprocess.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["orthanc_runtime.workers.forkserver"])
        self.process = context.Process(
            target=run,
            args=(
                lane_there,
                service_there,
                stdout_there,
                stderr_there,
                os.getpid(),
            ),
        )
        self.process.start()
        lane_there.close()
        service_there.close()
        stdout_there.close()
        stderr_there.close()

    def bootstrap(self, **changes: Any) -> Frame:
        """Send BOOTSTRAP, return what the worker says."""
        head = {
            "protocol": VERSION,
            "build": build_id(),
            "worker": 3,
            "script": {"path": str(self.script), "module": self.script.stem},
            "token": TOKEN,
            "rest": {"url": "http://127.0.0.1:8042", "fingerprint": None, "certificate": None},
            "facts": {
                "configuration": '{"Name": "test"}',
                "orthanc_version": "1.12.7",
                "orthanc_path": "/usr/sbin/Orthanc",
                "orthanc_directory": "/usr/sbin",
                "configuration_path": "/etc/orthanc",
            },
            "handlers": [],
            "preload": [],
        }
        self.lane.send(Kind.BOOTSTRAP, 0, 0, head | changes)
        return self.lane.receive()

    def request(
        self,
        address: str,
        method: str = "GET",
        body: bytes = b"",
        groups: tuple[str, ...] = (),
        get: dict[str, str] | None = None,
        task: int = 7,
        depth: int = 0,
    ) -> None:
        if method == "GET" and get is None:
            get = {}
        head = [TaskKind.REST, address, method, "/uri", groups, get, {"host": "here"}]
        self.lane.send(Kind.TASK, task, depth, head, body)

    def function(self, address: str, *arguments: Any, **keywords: Any) -> None:
        parts = payload.encode_call(arguments, keywords)
        self.lane.send(Kind.TASK, 8, 0, [TaskKind.FUNCTION, address], *parts)

    def ended(self) -> int:
        """The exit code, once the worker has left."""
        self.process.join(DEADLINE)
        assert self.process.exitcode is not None, "the worker did not leave"
        return int(self.process.exitcode)

    def read(self, pipe: socket.socket, until: bytes) -> bytes:
        text = b""
        end = time.monotonic() + DEADLINE
        while until not in text:
            ready, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"only {text!r}"
            piece = pipe.recv(65536)
            assert piece, f"only {text!r}"
            text += piece
        return text

    def close(self) -> None:
        self.lane.close()
        self.service.close()
        self.process.join(5)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join(5)
        self.stdout.close()
        self.stderr.close()


Start = Callable[..., Master]


@pytest.fixture(scope="module", autouse=True)
def _forkserver() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # The working folder may be a checkout, which has the sources of the package in it.
        patch.setenv("PYTHONSAFEPATH", "1")
        yield
        multiprocess.forkserver._forkserver._stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with contextlib.ExitStack() as stack:

        def start(source: str, method: str = "forkserver", name: str = "handlers.py") -> Master:
            script = tmp_path / name
            script.write_text(textwrap.dedent(source))
            master = Master(method, script)
            stack.callback(master.close)
            return master

        yield start


ECHO = """
    import orthanc
    import orthanc_runtime
    from orthanc_runtime import offload

    @offload
    def echo(output, uri, **request):
        output.SetHttpHeader("X-Uri", uri)
        output.AnswerBuffer(repr(sorted(request.items())), "text/plain")

    orthanc.RegisterRestCallback("/plain", lambda output, uri, **request: None)
    orthanc.RegisterRestCallback("/echo", echo)

    @offload
    def add(a, b=1):
        return a + b

    @offload(timeout=5)
    def fail(error):
        raise error

    assert orthanc_runtime.in_worker
"""
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


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_request_has_what_its_method_has(start: Start, method: str) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.request("rest:handlers:/echo#1", method, b"\0data" if method != "DELETE" else b"")
    master.lane.receive()
    body = master.lane.receive().body.decode()
    assert ("('body', b'\\x00data')" in body) == (method != "DELETE")
    assert "'get'" not in body
    assert master.lane.receive().kind == Kind.DONE


def test_a_function_and_what_it_raises(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    orthanc = ModuleType("orthanc")
    orthanc.OrthancException = errors.OrthancException  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "orthanc", orthanc)
    master = start(ECHO)
    master.bootstrap()
    master.function("function:handlers:add", 1, b=41)
    done = master.lane.receive()
    assert (done.kind, payload.decode_result(done.body)) == (Kind.DONE, 42)

    errors_to_raise = [ValueError("x", 1), SystemExit(3), KeyboardInterrupt(), MemoryError("m")]
    for error in errors_to_raise:
        master.function("function:handlers:fail", error)
        failed = master.lane.receive()
        assert failed.kind == Kind.FAILED
        assert failed.head[0] == type(error).__name__
        assert failed.head[3] is None
        carried = payload.decode_failure(failed.head, failed.body)
        assert type(carried) is type(error)
        assert carried.args == error.args
        assert 'handlers.py", line' in str(carried.__cause__)
        assert "execute.py" not in str(carried.__cause__)

    master.function("function:handlers:fail", errors.OrthancException(17, "Unknown resource"))
    failed = master.lane.receive()
    assert failed.head[:2] == ["orthanc.OrthancException", "(17, 'Unknown resource')"]
    assert failed.head[3] == 17


def test_arrays_arrive_writable(start: Start) -> None:
    numpy = pytest.importorskip("numpy")
    master = start(
        """
        from orthanc_runtime import offload

        @offload
        def double(array):
            array *= 2
            return array
        """
    )
    master.bootstrap()
    array = numpy.arange(100_000.0)
    master.function("function:handlers:double", array)
    done = master.lane.receive()
    assert (payload.decode_result(done.body) == array * 2).all()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("function:handlers:absent", "cannot find handlers.absent"),
        ("function:no_such_module:f", "ModuleNotFoundError"),
        ("rest:handlers:/none#1", "no handler"),
    ],
)
def test_an_unknown_address_fails_by_name(start: Start, address: str, text: str) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.function(address)
    failed = master.lane.receive()
    assert failed.kind == Kind.FAILED
    assert failed.head[0] == "orthanc_runtime.errors.NotAddressable"
    assert text in failed.head[1]


def test_a_failing_handler_does_not_end_its_worker(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        def recurse():
            recurse()

        class Silent(Exception):
            def __str__(self):
                raise ValueError

        def raise_silent(output, uri, **request):
            raise Silent

        for path, handler in {
            "/a": lambda output, uri, **request: 1 / 0,
            "/b": lambda output, uri, **request: recurse(),
            "/c": lambda output, uri, **request: exit(2),
            "/d": lambda output, uri: None,
            "/e": raise_silent,
            "/f": lambda output, uri, **request: b"x" * (1 << 62),
            "/g": lambda output, uri, **request: int("\\ud800"),
        }.items():
            orthanc.RegisterRestCallback(path, offload(handler))
        """
    )
    master.bootstrap()
    for path, kind in {
        "/a": "ZeroDivisionError",
        "/b": "RecursionError",
        "/c": "SystemExit",
        "/d": "TypeError",
        "/e": "handlers.Silent",
        "/f": "MemoryError",
        "/g": "ValueError",
    }.items():
        master.request(f"rest:handlers:{path}#1")
        failed = master.lane.receive()
        assert (failed.kind, failed.head[0], failed.body) == (Kind.FAILED, kind, b"")


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

    reply(["RestApiGet", "/system", False], b"", [0, "", None], b"answer")
    reply(["RestApiPost", "/tools/find", True], b"body", [0, "", None])
    reply(["RestApiDelete", "/x", False], b"", [0, "", None])
    reply(["GenerateUuid"], b"", [0, "", "uuid"])
    log = master.lane.receive()
    assert (log.kind, log.task, log.head, log.body) == (Kind.LOG, 99, [1], b"text")
    reply(["RestApiGet", "/missing", False], b"", [17, "Unknown resource", None])
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
    assert master.lane.receive().head == ["RestApiGet", "/inner", False]
    master.request("rest:handlers:/inner#1", task=2, depth=1)
    call = master.lane.receive()
    assert (call.kind, call.task, call.depth) == (Kind.CALL, 2, 1)
    master.lane.send(Kind.REPLY, 2, 1, [0, "", None])
    answer = master.lane.receive()
    assert (answer.kind, answer.task, answer.depth, answer.body) == (Kind.OUTPUT, 2, 1, b"6")
    done = master.lane.receive()
    assert (done.kind, done.task, done.depth) == (Kind.DONE, 2, 1)
    master.lane.send(Kind.REPLY, 1, 0, [0, "", None], b"inner")
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
            "script": script,
            "token": TOKEN,
            "rest": {"url": "https://[::1]:8042/"},
            "facts": {},
        },
    )
    log = master.service.receive()
    assert (log.kind, log.task, log.head, log.body) == (Kind.LOG, 0, [0], b"import 2038")
    call = master.service.receive()
    assert (call.kind, call.task, call.depth) == (Kind.CALL, 0, 0)
    master.service.send(Kind.REPLY, 0, 0, [0, "", None], b"there")
    log = master.service.receive()
    assert (log.head, log.body) == ([2], b"hook there")
    assert master.lane.receive().kind == Kind.HELLO
    master.function("function:handlers:in_thread")
    assert master.service.receive().head == ["GenerateUuid"]
    master.service.send(Kind.REPLY, 0, 0, [0, "", "u"])
    done = master.lane.receive()
    assert payload.decode_result(done.body) == (["u"], "https://[::1]:8042", TOKEN)


@pytest.mark.parametrize(
    ("source", "kind", "text"),
    [
        ("import no_such_module", "ModuleNotFoundError", "no_such_module"),
        ("def f(:", "SyntaxError", "invalid syntax"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("exit(0)", "SystemExit", "0"),
        (
            "import orthanc; orthanc.LookupPatient('x')",
            "orthanc_runtime.errors.NotInWorker",
            "rest",
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


def test_a_kept_output_raises(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        kept = []

        def keep(output, uri, **request):
            kept.append(output)

        def use(output, uri, **request):
            kept[0].AnswerBuffer("x", "text/plain")

        orthanc.RegisterRestCallback("/keep", offload(keep))
        orthanc.RegisterRestCallback("/use", offload(use))
        """
    )
    master.bootstrap()
    master.request("rest:handlers:/keep#1")
    assert master.lane.receive().kind == Kind.DONE
    master.request("rest:handlers:/use#1")
    failed = master.lane.receive()
    assert (failed.kind, failed.head[3]) == (Kind.FAILED, 6)


def test_registering_in_a_handler_raises(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        orthanc.RegisterOnChangeCallback(print)
        orthanc.ExtendOrthancExplorer("alert(1)")

        @offload
        def late(name):
            getattr(orthanc, name)("/x", print)
        """
    )
    assert master.bootstrap().kind == Kind.HELLO
    for name in ("RegisterRestCallback", "RegisterOnChangeCallback", "ExtendOrthancExplorer"):
        master.function("function:handlers:late", name)
        failed = master.lane.receive()
        assert failed.head[0] == "orthanc_runtime.errors.NotInWorker"
        assert name in failed.head[1]


def test_the_end_of_the_lane_ends_the_worker(start: Start) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.lane.close()
    assert master.ended() == 0


def test_the_end_of_the_lane_ends_a_worker_without_bootstrap(start: Start) -> None:
    master = start(ECHO)
    master.lane.close()
    assert master.ended() == 1
    assert b"no bootstrap frame" in master.read(master.stderr, b"\n")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_stop_signals_are_ignored_but_not_by_programs(start: Start, method: str) -> None:
    master = start(
        """
        import subprocess
        from orthanc_runtime import offload

        @offload
        def program():
            process = subprocess.Popen(["sleep", "60"])
            process.terminate()
            return process.wait(10)
        """,
        method,
    )
    master.bootstrap()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(master.process.pid, number)
    master.function("function:handlers:program")
    done = master.lane.receive()
    assert payload.decode_result(done.body) == -signal.SIGTERM


def test_output_and_errors_go_into_the_pipes(start: Start) -> None:
    master = start(
        """
        import os, sys
        from orthanc_runtime import offload

        print("importing \\udcff")

        @offload
        def write():
            assert sys.stdin.read() == ""
            print("to stdout")
            os.write(2, b"to stderr\\n")
            raise_later = sys.stdout.write("no end of line")
        """
    )
    master.bootstrap()
    assert master.read(master.stdout, b"\n") == b"importing \\udcff\n"
    master.function("function:handlers:write")
    assert master.lane.receive().kind == Kind.DONE
    assert master.read(master.stdout, b"\n") == b"to stdout\n"
    assert master.read(master.stderr, b"\n") == b"to stderr\n"
    master.lane.close()
    assert master.read(master.stdout, b"line") == b"no end of line"


def test_a_crash_leaves_the_python_stack(start: Start) -> None:
    master = start(
        """
        import os, signal
        from orthanc_runtime import offload

        @offload
        def crash():
            os.kill(os.getpid(), signal.SIGSEGV)
        """
    )
    master.bootstrap()
    master.function("function:handlers:crash")
    assert b"in crash" in master.read(master.stderr, b"in crash")
    assert master.ended() == -signal.SIGSEGV


def test_a_signal_shows_where_a_stuck_worker_is(start: Start) -> None:
    master = start(
        """
        import re
        from orthanc_runtime import offload

        @offload
        def stuck_in_c():
            print("begun")
            re.match("(a+)+b", "a" * 60)
        """
    )
    master.bootstrap()
    master.function("function:handlers:stuck_in_c")
    master.read(master.stdout, b"begun")
    os.kill(master.process.pid, signal.SIGQUIT)
    assert b"in stuck_in_c" in master.read(master.stderr, b"in stuck_in_c")
    master.process.kill()


def test_a_forked_child_has_no_part_in_the_conversation(start: Start) -> None:
    master = start(
        """
        import os, time
        import orthanc
        from orthanc_runtime import offload

        @offload
        def fork():
            pid = os.fork()
            if pid == 0:
                orthanc.LogError("never")
                time.sleep(60)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        """
    )
    master.bootstrap()
    master.function("function:handlers:fork")
    done = master.lane.receive()
    assert (done.kind, payload.decode_result(done.body)) == (Kind.DONE, 0)


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


ORTHANC = """
import os, socket, sys, time

import multiprocess

from orthanc_runtime.protocol import VERSION, FrameSocket, Kind, TaskKind
from orthanc_runtime.payload import encode_call
from orthanc_runtime.version import build_id
from orthanc_runtime.workers.main import run

if __name__ == "__main__":
    method, script = sys.argv[1:]
    context = multiprocess.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["orthanc_runtime.workers.forkserver"])
    ends = [socket.socketpair() for _ in range(4)]
    context.Process(target=run, args=(*(there for _, there in ends), os.getpid())).start()
    lane = FrameSocket(ends[0][0])
    head = {
        "protocol": VERSION,
        "build": build_id(),
        "worker": 0,
        "script": {"path": script, "module": "handlers"},
        "token": "",
        "rest": {"url": ""},
        "facts": {},
    }
    lane.send(Kind.BOOTSTRAP, 0, 0, head)
    hello = lane.receive()
    lane.send(Kind.TASK, 1, 0, [TaskKind.FUNCTION, "function:handlers:hold"], *encode_call((), {}))
    time.sleep(0.2)
    print(hello.head["pid"], flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_nothing_outlives_a_killed_orthanc(tmp_path: Path, method: str) -> None:
    orthanc = tmp_path / "orthanc_stand_in.py"
    orthanc.write_text(ORTHANC)
    script = tmp_path / "handlers.py"
    script.write_text(
        "import re\nfrom orthanc_runtime import offload\n"
        # In C and with the GIL, so that nothing of Python can end it.
        "@offload\ndef hold():\n    re.match('(a+)+b', 'a' * 60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", str(orthanc), method, str(script)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            ready, _, _ = select.select([process.stdout], [], [], DEADLINE)
            assert ready
            worker = int(process.stdout.readline())
            parent = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
            family = {worker, parent} - {process.pid}
            assert len(family) == (2 if method == "forkserver" else 1)
            if method == "forkserver":
                assert os.getsid(parent) == parent
                title = Path(f"/proc/{parent}/cmdline").read_bytes()
                assert title.startswith(b"orthanc-runtime forkserver")
        finally:
            process.kill()
        end = time.monotonic() + 5
        while family and time.monotonic() < end:
            family = {pid for pid in family if _runs(pid)}
            time.sleep(0.01)
        assert not family


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
