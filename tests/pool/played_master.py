# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real worker process; the test plays Orthanc at the other end of its sockets."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import multiprocess  # type: ignore[import-untyped]
import pytest

from orthanc_runtime import payload
from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.protocol import VERSION, Frame, Kind, TaskKind
from orthanc_runtime.version import build_id
from orthanc_runtime.workers.main import run

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
        self.lane, self.service = FrameStream(lane), FrameStream(service)
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
            "scripts": [{"path": str(self.script), "module": self.script.stem}],
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
def forkserver() -> Iterator[None]:
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
