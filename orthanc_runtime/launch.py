# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start a worker process and everything it is connected with.

The worker runs ``orthanc_runtime.workers.main.run(lane, service, stdout, stderr, orthanc, shared,
pipes)`` and waits on its lane for BOOTSTRAP, a map:

========== =======================================================================
protocol   version of the frames
build      of the package; another one in the worker's HELLO means that it was
           upgraded under a running Orthanc
worker     index of the slot
pool       name of the pool
scripts    maps ``path module``, in the order of their import
token      the whole value of the ``Authorization`` header
rest       map ``url fingerprint certificate``
facts      static answers of the SDK: map ``configuration orthanc_version
           orthanc_path orthanc_directory configuration_path``
handlers   the master's offloaded handlers, sorted; HELLO has the worker's
preload    modules that the fork server should have imported; empty for spawn
========== =======================================================================
"""

from __future__ import annotations

import contextlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from orthanc_runtime import protocol
from orthanc_runtime.errors import StartupError
from orthanc_runtime.forkserver import Descriptor, ProcessStarter
from orthanc_runtime.role import DEFAULT_POOL, RestAccess
from orthanc_runtime.runtime_folder import RuntimeFolder
from orthanc_runtime.script import FOLDERS_VARIABLE, Script, folders_of
from orthanc_runtime.settings import StartMethod, WorkerSettings
from orthanc_runtime.worker_user import find_user

ENTRY = "orthanc_runtime.workers.main:run"
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
METHODS = {StartMethod.FORKSERVER: "forkserver", StartMethod.SPAWN: "spawn"}


@dataclass(frozen=True)
class WorkerPlan:
    """What every worker of one start is told."""

    scripts: tuple[Script, ...]
    handlers: tuple[str, ...]
    access: RestAccess
    build: str
    facts: dict[str, Any]
    preload: tuple[str, ...] = ()
    nice: int = 0
    offload_routes: tuple[str, ...] = ()
    """Patterns."""
    pool: str = DEFAULT_POOL
    shared_lanes: int = 0
    """For coroutines that share a worker."""

    def worker_name(self, index: int) -> str:
        """For the log, as the native pool says it, but for the pid."""
        return f"worker {index}{'' if self.pool == DEFAULT_POOL else f' of pool {self.pool}'}"

    def bootstrap(self, index: int) -> dict[str, Any]:
        """The head of the BOOTSTRAP frame for one worker."""
        access = self.access
        return {
            "protocol": protocol.VERSION,
            "build": self.build,
            "worker": index,
            "pool": self.pool,
            "scripts": [
                {"path": str(script.path), "module": script.module} for script in self.scripts
            ],
            "token": access.token,
            "rest": {
                "url": access.url,
                "fingerprint": access.fingerprint,
                "certificate": access.certificate,
                "transport": access.transport.value,
                "describe_errors": access.describe_errors,
            },
            "facts": self.facts,
            "handlers": list(self.handlers),
            "preload": list(self.preload),
            "nice": self.nice,
            "offload_routes": list(self.offload_routes),
        }


@dataclass
class Launched:
    """A started worker; descriptors belong to whoever takes them, see :meth:`take`."""

    pid: int
    lane: socket.socket
    pipes: list[int]
    """Of the lane, as :meth:`NativeWorker.publish` takes them."""
    shared: list[socket.socket]
    """Lanes for tasks that share the worker."""
    watch_fd: int
    """A pidfd of our own, readable once the process has ended."""
    popen: Any = field(repr=False)
    handed_over: dict[str, int]
    """``pidfd status_fd service_fd stdout_fd stderr_fd`` for the native pool."""

    def take(self) -> dict[str, int]:
        """The descriptors for the native pool, which owns them from now on."""
        taken, self.handed_over = self.handed_over, {}
        return taken

    def take_pipes(self) -> list[int]:
        """As :meth:`take`, for the lane."""
        taken, self.pipes = self.pipes, []
        return taken

    def abandon(self) -> None:
        """The pool did not take the worker: end it, reap it, close everything."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.watch_fd, signal.SIGKILL)
        if _readable(self.watch_fd, 1.0):
            with contextlib.suppress(ChildProcessError):  # the fork server's child, or reaped
                os.waitpid(self.pid, os.WNOHANG)
        for fd in self.take().values():
            if fd >= 0:
                os.close(fd)
        self.close()

    def close(self) -> None:
        """Close what the master still holds. Idempotent."""
        for lane in (self.lane, *self.shared):
            lane.close()
        for pipe in self.take_pipes():
            os.close(pipe)
        self.popen.close()
        if self.watch_fd >= 0:
            os.close(self.watch_fd)
            self.watch_fd = -1


class Launcher:
    """Starts the workers of one start of the plugin; every method from one and the same thread,
    except :meth:`interrupt`."""

    def __init__(
        self,
        settings: WorkerSettings,
        scripts: Sequence[Script],
        executable: str | None = None,
    ) -> None:
        user = find_user(settings.run_as)
        self._folder = RuntimeFolder(user=user)
        threads = str(settings.threads)
        self._starter = ProcessStarter(
            METHODS[settings.start_method],
            executable or sys.executable,
            self._folder,
            {
                # Orthanc's interpreter is in UTF-8 mode, whatever the locale.
                "PYTHONUTF8": "1",
                FOLDERS_VARIABLE: json.dumps(folders_of(scripts)),
                **dict.fromkeys(THREAD_VARIABLES, threads),
            },
            list(settings.preload),
            user,
        )

    def begin(self) -> None:
        """Start the fork server before it is needed; does not wait for it. Raises OSError."""
        self._starter.begin()

    def launch(self, index: int, shared_lanes: int) -> Launched:
        """Start a worker; with a fork server this waits for it.

        Raises StartupError, OSError.
        """
        ours, theirs = _Ends(), _Ends()
        try:
            lane, lane_there = socket.socketpair()
            ours.add(lane)
            theirs.add(lane_there)
            service, service_there = socket.socketpair()
            ours.add(service)
            theirs.add(service_there)
            stdout, stdout_there = os.pipe()
            ours.add(stdout)
            theirs.add(stdout_there)
            stderr, stderr_there = os.pipe()
            ours.add(stderr)
            theirs.add(stderr_there)
            tasks_there, tasks = os.pipe()
            ours.add(tasks_there)  # kept here, too, see LanePipes
            ours.add(tasks)
            os.set_blocking(tasks, False)
            answers, answers_there = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            ours.add(answers)
            theirs.add(answers_there)
            shared, shared_there = [], []
            for _ in range(shared_lanes):
                here, there = socket.socketpair()
                ours.add(here)
                theirs.add(there)
                shared.append(here)
                shared_there.append(there)
            arguments = (
                lane_there,
                service_there,
                Descriptor(stdout_there),
                Descriptor(stderr_there),
                os.getpid(),
                shared_there,
                (Descriptor(tasks_there), Descriptor(answers_there)),
            )
            try:
                popen = self._starter.start(_ByName(ENTRY), arguments, f"worker-{index}")
            except (EOFError, ConnectionError) as error:
                raise StartupError(
                    f"the fork server ended while it started worker {index}; its last words are "
                    "in the log or on Orthanc's standard error"
                ) from error
            ours.callback(popen.close)
            pidfd, status_fd = self._watch(popen, index, stderr)
            ours.add(pidfd)
            if status_fd >= 0:
                ours.add(status_fd)
            watch_fd = os.dup(pidfd)
            ours.pop_all()
        finally:
            theirs.close()
            ours.close()
        return Launched(
            popen.pid,
            lane,
            [tasks, answers, tasks_there],
            shared,
            watch_fd,
            popen,
            {
                "pidfd": pidfd,
                "status_fd": status_fd,
                "service_fd": service.detach(),
                "stdout_fd": stdout,
                "stderr_fd": stderr,
            },
        )

    def take_notes(self) -> list[str]:
        """What an operator should know about the last starts."""
        notes, self._starter.notes = self._starter.notes, []
        return notes

    def interrupt(self) -> None:
        """Give up a :meth:`launch` that waits; it then raises StartupError."""
        self._starter.kill_server()

    def stop(self, deadline: float) -> list[str]:
        """After the last worker: end what was started beside them, remove the folder.

        ``deadline`` is on the monotonic clock. Returns what had to be killed.
        """
        try:
            return self._starter.stop(deadline)
        finally:
            self._folder.remove()

    def _watch(self, popen: Any, index: int, stderr: int) -> tuple[int, int]:
        """pidfd and status pipe of a new process. Raises StartupError where it has gone."""
        try:
            pidfd = os.pidfd_open(popen.pid)
        except ProcessLookupError:
            # Only a child of the fork server can be reaped already.
            words = os.read(stderr, 2048) if _readable(stderr, 0) else b""
            raise StartupError(
                f"worker {index} (pid {popen.pid}) ended at once; its last words: "
                f"{words.decode(errors='replace').strip() or 'none'}"
            ) from None
        except OSError:
            if popen.method == "spawn":
                os.kill(popen.pid, signal.SIGKILL)
                os.waitpid(popen.pid, 0)
            raise
        # A fork server reaps, and writes how the process ended into the pipe of the sentinel.
        return pidfd, os.dup(popen.sentinel) if popen.method == "forkserver" else -1


class _Ends(contextlib.ExitStack):
    """Ends of sockets and pipes that are closed together."""

    def add(self, end: socket.socket | int) -> None:
        if isinstance(end, int):
            self.callback(os.close, end)
        else:
            self.callback(end.close)


class _ByName:
    """Pickles as the function of this name, so that the master need not import it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self) -> None:
        """Only here so that the instance counts as callable."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return pkgutil.resolve_name, (self._name,)


def _readable(fd: int, timeout: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(timeout * 1000))
