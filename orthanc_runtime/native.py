# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the native module, which the plugin passes in: see ARCHITECTURE.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypedDict


class WorkerExit(TypedDict):
    """How a worker ended; ``reason`` is the text for ``signal`` or ``code``."""

    reason: str
    signal: int | None
    code: int | None
    killed_because: str
    """Why the plugin killed it; empty where it did not."""
    served: int
    """Tasks that it took."""
    stderr: str
    """Its last words, on both of its streams."""


class NativeWorker(Protocol):
    """A process that the pool knows."""

    @property
    def index(self) -> int: ...

    @property
    def pid(self) -> int: ...

    def publish(self, lane_fd: int, pipe_fds: Sequence[int], shared_fds: Sequence[int]) -> None:
        """The lane serves tasks from now on, one after the other, and the shared ones those that
        share the worker; takes the descriptors over. ``pipe_fds`` are those of the lane, to write
        to and to read from, and the other end of the first one."""

    def recycle_after(self, tasks: int, memory: int) -> int:
        """Limits in tasks and in bytes of resident memory beyond that of now, 0 for none.

        The descriptor stays the plugin's, and becomes readable once a limit has been reached.
        """

    @property
    def recycling_reason(self) -> str:
        """Which limit has been reached; empty while none has."""

    def retire(self) -> None:
        """No new task; the lane is shut as soon as it is idle."""

    def kill(self, reason: str) -> None:
        """SIGKILL to the process group; the first reason is kept."""

    def exit(self) -> WorkerExit:
        """After the process has ended, at most a second: what happened; reaps it."""


class NativeFunction(Protocol):
    """An offloaded function. Calls raise what it raises, and the OffloadError tree.

    ``background``: wait for a worker as long as it takes.
    """

    def call_plain(self, arguments: tuple[Any, ...], background: bool) -> tuple[Any] | None:
        """The result; None where an argument is no short value of a plain type."""

    def call(self, background: bool, buffers: list[Any], lent: Sequence[Any]) -> Any:
        """From the parts of a body to a body. ``lent``: objects of the SDK that the worker may use
        meanwhile."""


class NativePool(Protocol):
    """Workers as seen by requests."""

    def attach(
        self,
        index: int,
        pid: int,
        pidfd: int,
        status_fd: int,
        service_fd: int,
        stdout_fd: int,
        stderr_fd: int,
    ) -> NativeWorker:
        """Take over a process and its descriptors; ``status_fd`` is -1 for an own child."""

    def function(
        self,
        *,
        address: str,
        timeout: float | None,
        idempotent: bool,
        cancellable: bool,
        concurrency: int,
    ) -> NativeFunction:
        """``cancellable``: a coroutine, see CANCEL. ``concurrency``: as many of this function may
        share a worker."""

    def set_broken(self, reason: str) -> None:
        """Every task fails at once with this reason; an empty one mends the pool."""

    def set_generation(self, generation: int) -> None:
        """For the status: which generation of workers serves."""

    def counters(self) -> dict[str, int]: ...

    def stop(self) -> None:
        """End waiting and running tasks, then the workers. Idempotent."""


class Native(Protocol):
    """The module."""

    def log(self, code: int, message: bytes, worker: int, handler: str) -> None:
        """A line for Orthanc's log: a LogCode, UTF-8; a pid and an address, or 0 and ""."""

    def Pool(
        self,
        *,
        name: str,
        count: int,
        concurrency: int,
        spread: bool,
        admitted: int,
        queue_timeout: float,
        default_timeout: float,
        quarantine_after: int,
        token: str,
        http_threads: int,
        http_port: int,
        functions: bool,
    ) -> NativePool: ...
