# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker process under supervision, from its first word to its last."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from orthanc_runtime.hello import WorkerNotReadyError, introduce
from orthanc_runtime.launch import Launched
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativeWorker, WorkerExit
from orthanc_runtime.worker_state import WorkerEvent, WorkerLife, WorkerState

# A dead worker's last frame, or the end of its lane, is there when the kernel reports the death;
# longer only where a process that the worker has left behind holds the lane.
LAST_FRAME = 0.2
# From SIGKILL to the kernel's report; more is a process that hangs in the kernel.
AFTER_KILL = 5.0


class SupervisedWorker:
    """Lives in the loop of the supervisor. ``failure``: why it cannot serve, where it said so."""

    def __init__(self, name: str, launched: Launched, native: NativeWorker) -> None:
        self.pid = launched.pid
        self.name = f"{name} (pid {launched.pid})"
        self.life = WorkerLife()
        self.failure: WorkerNotReadyError | None = None
        self._launched = launched
        self._native = native
        self._exited = asyncio.Event()
        self._due = asyncio.Event()
        self._due_fd = -1
        self._asked = ""
        self._started = time.monotonic()
        asyncio.get_running_loop().add_reader(launched.watch_fd, self._exited.set)

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def recycle_after(self, tasks: int, memory: int) -> None:
        """Limits in tasks and in bytes of resident memory beyond that of now; 0 for none. Once, if
        at all."""
        self._due_fd = self._native.recycle_after(tasks, memory)
        asyncio.get_running_loop().add_reader(self._due_fd, self._is_due)

    @property
    def recycling_reason(self) -> str:
        """Why it should have a successor; empty while it need not."""
        return self._asked or self._native.recycling_reason

    def recycle(self, reason: str) -> None:
        """It has served enough, whatever its limits say."""
        self._asked = reason
        self._is_due()

    def _is_due(self) -> None:
        self._forget_limits()
        self._due.set()

    def _forget_limits(self) -> None:
        if self._due_fd >= 0:
            asyncio.get_running_loop().remove_reader(self._due_fd)
            self._due_fd = -1

    def kill(self, reason: str, event: WorkerEvent = WorkerEvent.KILL) -> None:
        if self.life.state is not WorkerState.EXITED:
            self.life.move(event)
            self._native.kill(reason)

    def retire(self) -> None:
        """No new task; a worker that is still starting is killed."""
        if self.life.state is WorkerState.EXITED:
            return
        if self.life.move(WorkerEvent.RETIRE) is WorkerState.KILLING:
            self._native.kill("no longer wanted")
        else:
            self._native.retire()

    async def introduce(self, bootstrap: dict[str, Any], timeout: float) -> list[str] | None:
        """Talk until HELLO; then the lane belongs to the pool, and complaints are returned.

        None where the worker cannot serve: it is killed, or dead, and ``failure`` says why where
        the worker did. ``timeout`` in seconds from its start.
        """
        hello = asyncio.create_task(introduce(self._launched.lane, bootstrap))
        died = asyncio.create_task(self._exited.wait())
        try:
            await asyncio.wait(
                {hello, died},
                timeout=max(0.0, timeout - self.age),
                return_when=asyncio.FIRST_COMPLETED,
            )
            if self._exited.is_set():
                await asyncio.wait({hello}, timeout=LAST_FRAME)
            elif hello.done() and isinstance(hello.exception(), OSError):
                # It hung up: its exit says more than the broken socket.
                await asyncio.wait({died}, timeout=LAST_FRAME)
            if self.life.state is not WorkerState.STARTING:
                return None  # somebody has ended it
            complaints = self._outcome(hello, timeout)
        finally:
            for task in (hello, died):
                task.cancel()
        if complaints is not None:
            self.life.move(WorkerEvent.HELLO)
            shared = [lane.detach() for lane in self._launched.shared]
            pipes = self._launched.take_pipes()
            self._native.publish(self._launched.lane.detach(), pipes, shared)
        elif not self._exited.is_set():
            reason = str(self.failure or "it closed its lane before HELLO")
            self.kill(reason.splitlines()[0], WorkerEvent.FAIL)
        return complaints

    def _outcome(self, hello: asyncio.Task[list[str]], timeout: float) -> list[str] | None:
        if not hello.done():
            if not self._exited.is_set():
                self.failure = WorkerNotReadyError(
                    f"the worker did not import the script within StartupTimeout ({timeout:g} "
                    "seconds)"
                )
            return None
        try:
            return hello.result()
        except WorkerNotReadyError as error:
            self.failure = error
        except OSError:
            pass  # its exit says more
        return None

    async def wait_until_due(self) -> bool:
        """Until it has served enough, true, or has ended, false."""
        ways = [asyncio.create_task(event.wait()) for event in (self._due, self._exited)]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
        return not self._exited.is_set()

    async def wait_for_exit(self, log: MasterLog) -> None:
        """Until the kernel reports the end of the process, whoever caused it."""
        if self.life.state is WorkerState.KILLING:
            try:
                await asyncio.wait_for(self._exited.wait(), AFTER_KILL)
            except TimeoutError:
                log.write(
                    LogCode.WORKER_IMMORTAL,
                    f"{self.name} was killed and does not end; its slot stays empty so long",
                    worker=self.pid,
                )
        await self._exited.wait()

    def close(self) -> None:
        """Close what the master holds of it. Idempotent."""
        self._forget_limits()
        if self._launched.watch_fd >= 0:
            asyncio.get_running_loop().remove_reader(self._launched.watch_fd)
        self._launched.close()

    def reap(self) -> WorkerExit:
        """How the process ended; blocks for at most a second, so not in the loop."""
        return self._native.exit()


def how(ended: WorkerExit) -> str:
    """``killed by signal 9 (SIGKILL) after 3 tasks: why``."""
    because = f": {ended['killed_because']}" if ended["killed_because"] else ""
    tasks = f"{ended['served']} task{'' if ended['served'] == 1 else 's'}"
    return f"{ended['reason']} after {tasks}{because}"


def last_words(ended: WorkerExit) -> str:
    """The end of the output, or of a crash the beginning of its report."""
    lines = [line.strip() for line in ended["stderr"].splitlines() if line.strip()]
    crash = next((n for n, line in enumerate(lines) if "Fatal Python error" in line), None)
    shown = lines[-3:] if crash is None else lines[crash : crash + 3]
    return f"; last words: {' | '.join(shown)[:500]}" if shown else ""
