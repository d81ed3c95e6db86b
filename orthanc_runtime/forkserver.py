# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes through ``multiprocess``, with an end in time for everything it starts.

``multiprocess`` keeps one fork server for each interpreter and for ever; here each start of the
plugin has its own. What is private to ``multiprocess`` is used here and in ``resource_tracker.py``
only.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import io
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import multiprocess  # type: ignore[import-untyped]
import multiprocess.context  # type: ignore[import-untyped]
import multiprocess.forkserver  # type: ignore[import-untyped]
import multiprocess.popen_forkserver  # type: ignore[import-untyped]
import multiprocess.popen_spawn_posix  # type: ignore[import-untyped]
import multiprocess.process  # type: ignore[import-untyped]
import multiprocess.reduction  # type: ignore[import-untyped]
import multiprocess.resource_tracker  # type: ignore[import-untyped]
import multiprocess.spawn  # type: ignore[import-untyped]
import multiprocess.util  # type: ignore[import-untyped]

from orthanc_runtime.children import reap
from orthanc_runtime.resource_tracker import TRACKER
from orthanc_runtime.runtime_folder import RuntimeFolder
from orthanc_runtime.worker_user import WorkerUser

SERVER_MODULE = "orthanc_runtime.workers.forkserver"
LAST_MODULE = "orthanc_runtime.workers.preloaded"

# Two generations may start processes at once, and both change the environment meanwhile.
_surroundings_lock = threading.RLock()


class Descriptor:
    """An argument of a process that arrives there as a duplicate: ``argument.detach()``."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def __reduce__(self) -> Any:
        # The wrapper that multiprocess has for it exists only while a process is pickled.
        return copy.copy, (multiprocess.reduction.DupFd(self._fd),)


class ProcessStarter:
    """Starts processes by one method, ``spawn`` or ``forkserver``, in ``folder``.

    All calls come from one thread, which has to outlive the processes: the kernel tells them of
    the end of the thread that started them, not of the process.
    """

    def __init__(
        self,
        method: str,
        executable: str,
        folder: RuntimeFolder,
        environment: Mapping[str, str],
        preload: list[str],
        user: WorkerUser | None = None,
    ) -> None:
        self._context = multiprocess.get_context(method)
        self._executable = executable
        self.folder = folder
        self._environment = {**environment, **(user.environment if user else {})}
        self.user = user
        self._server = _ForkServer(self) if method == "forkserver" else None
        if self._server is not None:
            self._server.set_forkserver_preload([SERVER_MODULE, *preload, LAST_MODULE])
        self.notes: list[str] = []
        """What an operator should know about the last starts."""
        TRACKER.enter()

    def begin(self) -> None:
        """Start the fork server, if that is the method, and do not wait. Raises OSError."""
        if self._server is not None:
            self._server.ensure_running()

    def start(self, target: Any, arguments: tuple[Any, ...], name: str) -> Any:
        """A running process, as a Popen of ``multiprocess``: ``pid``, ``sentinel``, ``close()``.

        With a fork server this waits until that has imported its modules; :meth:`kill_server`
        ends the wait. Raises OSError, also where a fork fails; EOFError where the fork server has
        gone.
        """
        self._look_after_folder()
        process = self._context.Process(target=target, args=arguments, name=name)
        process._config["tempdir"] = str(self.folder.for_workers)
        # Not process.start(): multiprocess would keep the process among its children and take
        # the exit status, which is for the C++ side, at the next start of any process.
        if self._server is not None:
            return _ForkServerPopen(process, self._server)
        with self.surroundings():
            return _SpawnPopen(process, self.user)

    def _look_after_folder(self) -> None:
        """Programs that clean temporary folders may have taken ours."""
        if not self.folder.path.is_dir():
            missing = self.folder.path
            self.folder.renew()
            self.notes.append(
                f"{missing}, which new workers need, was removed by somebody else: there is "
                f"{self.folder.path} now. Keep what cleans {missing.parent} from it, or give "
                "Orthanc a TMPDIR of its own"
            )

    def kill_server(self) -> None:
        """End a fork server that does not answer, from any thread; the next start makes one."""
        pid = None if self._server is None else self._server._forkserver_pid
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self, deadline: float) -> list[str]:
        """End fork server and, if nobody else needs it, resource tracker, once; ``deadline`` on the
        monotonic clock.

        What does not leave by itself is killed. Returns complaints about what had to be killed.
        """
        complaints = []
        if self._server is not None:
            self._server.replace()
            for pid, alive in self._server.replaced:
                os.close(alive)
                complaints += reap("fork server", pid, deadline)
            self._server.replaced.clear()
        return complaints + TRACKER.leave(deadline)

    @contextlib.contextmanager
    def surroundings(self) -> Iterator[None]:
        """What a new interpreter inherits: executable, user, environment, temporary folder."""
        with _surroundings_lock:
            config = multiprocess.process.current_process()._config
            folder = config.get("tempdir")
            executable = multiprocess.spawn.get_executable()
            previous = {name: os.environ.get(name) for name in self._environment}
            spawn = multiprocess.util.spawnv_passfds
            config["tempdir"] = str(self.folder.path)
            multiprocess.spawn.set_executable(self._executable)
            os.environ.update(self._environment)
            if self.user is not None:
                multiprocess.util.spawnv_passfds = self.user.spawn
            try:
                yield
            finally:
                config["tempdir"] = folder
                multiprocess.spawn.set_executable(executable)
                multiprocess.util.spawnv_passfds = spawn
                for name, value in previous.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value


class _ForkServer(multiprocess.forkserver.ForkServer):  # type: ignore[misc]
    def __init__(self, starter: ProcessStarter) -> None:
        super().__init__()
        self._starter = starter
        self._forkserver_pid: int | None
        self._forkserver_alive_fd: int | None
        self._forkserver_address: str | None
        self.replaced: list[tuple[int, int]] = []
        """Those before: pid, and the descriptor whose end ends it, and with it its workers."""

    @property
    def user(self) -> WorkerUser | None:
        return self._starter.user

    def replace(self) -> None:
        """The next start makes another one; the workers of this one live on."""
        if self._forkserver_pid is not None:
            assert self._forkserver_alive_fd is not None
            self.replaced.append((self._forkserver_pid, self._forkserver_alive_fd))
            self._forkserver_address = self._forkserver_alive_fd = self._forkserver_pid = None

    def ensure_running(self) -> None:
        address = self._forkserver_address
        if address is not None and not _can_be_found(address):
            self.replace()
            self._starter.notes.append(f"{address} was removed: another fork server is started")
        with self._starter.surroundings():
            try:
                super().ensure_running()
            except OSError as error:
                if error.filename is None and error.errno in (errno.ENOSPC, errno.EDQUOT):
                    error.filename = str(self._starter.folder.path)
                raise


def _can_be_found(address: str) -> bool:
    return multiprocess.util.is_abstract_socket_namespace(address) or Path(address).exists()


class _ForkServerPopen(multiprocess.popen_forkserver.Popen):  # type: ignore[misc]
    """As its base, with a fork server that is not the one of the interpreter."""

    def __init__(self, process: Any, server: _ForkServer) -> None:
        self._server = server
        super().__init__(process)

    def _launch(self, process: Any) -> None:
        pickled = _pickled(self, process, self._server.user)
        self.sentinel, data = self._server.connect_to_new_process(self._fds)
        parent_sentinel = os.dup(data)
        self.finalizer = multiprocess.util.Finalize(
            self, multiprocess.util.close_fds, (parent_sentinel, self.sentinel)
        )
        try:
            # A child that is dead already, or was never made, shows by what comes back.
            with contextlib.suppress(BrokenPipeError), os.fdopen(data, "wb") as pipe:
                pipe.write(pickled)
            self.pid = multiprocess.forkserver.read_signed(self.sentinel)
            if self.pid < 0:
                error = -self.pid  # see workers/fork_failure.py
                raise OSError(error, f"fork: {os.strerror(error)}")
        except BaseException:
            self.close()
            raise


class _SpawnPopen(multiprocess.popen_spawn_posix.Popen):  # type: ignore[misc]
    """As its base, without the main program of the master."""

    def __init__(self, process: Any, user: WorkerUser | None) -> None:
        self._user = user
        super().__init__(process)

    def _launch(self, process: Any) -> None:
        tracker = multiprocess.resource_tracker.getfd()
        self._fds.append(tracker)
        pickled = _pickled(self, process, self._user)
        self.sentinel, alive = os.pipe()
        data_there, data = os.pipe()
        self.finalizer = multiprocess.util.Finalize(
            self, multiprocess.util.close_fds, (data, self.sentinel)
        )
        try:
            command = multiprocess.spawn.get_command_line(
                tracker_fd=tracker, pipe_handle=data_there
            )
            self.pid = multiprocess.util.spawnv_passfds(
                multiprocess.spawn.get_executable(), command, [*self._fds, data_there, alive]
            )
        except BaseException:
            self.close()
            raise
        finally:
            os.close(data_there)
            os.close(alive)
        # A child that is dead already shows by its exit.
        with contextlib.suppress(BrokenPipeError), os.fdopen(data, "wb", closefd=False) as pipe:
            pipe.write(pickled)


def _pickled(popen: Any, process: Any, user: WorkerUser | None) -> bytes:
    """What a new process is told by ``multiprocess``: how to prepare, and what to run."""
    preparation = preparation_for(process._name, user)
    pickled = io.BytesIO()
    multiprocess.context.set_spawning_popen(popen)
    try:
        multiprocess.reduction.dump(preparation, pickled)
        multiprocess.reduction.dump(process, pickled)
    finally:
        multiprocess.context.set_spawning_popen(None)
    return pickled.getvalue()


def preparation_for(name: str, user: WorkerUser | None) -> dict[str, Any]:
    """What ``multiprocess`` sets up in a new process of that name."""
    preparation: dict[str, Any] = multiprocess.spawn.get_preparation_data(name)
    # The main program of a host of this package is not for its workers.
    preparation.pop("init_main_from_name", None)
    preparation.pop("init_main_from_path", None)
    # It is where Orthanc is, and may not be allowed to go there once more.
    if user is not None or not os.access(preparation["dir"], os.X_OK):
        del preparation["dir"]
    return preparation
