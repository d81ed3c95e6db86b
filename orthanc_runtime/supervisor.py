# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One permanent thread that starts workers, replaces them, and ends them.

It runs an asyncio loop on uvloop, in which ``slot_keeper.py`` has a task for each slot. It is never
on the path of a request: from HELLO on a worker's lane belongs to the native pool, and a worker's
death or a deadline is acted on there first; here follow the log line and the successor.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import uvloop

from orthanc_runtime.early_server import THREAD, Begun
from orthanc_runtime.errors import StartupError
from orthanc_runtime.launch import Launcher, WorkerPlan
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool
from orthanc_runtime.pool_condition import PoolCondition
from orthanc_runtime.settings import WorkerSettings
from orthanc_runtime.slot import Slot
from orthanc_runtime.slot_keeper import SlotKeeper, in_executor

# Threads that wait for the exit status of the dead.
REAPERS = 2
# Kept back from the time given to stop(): for SIGKILL, the fork server, and the thread itself.
STOP_RESERVE = 1.5
# For a start that fails: nothing is under way that deserves more time.
STOP_AFTER_FAILED_START = 3.0
# For an answer of the loop, which is never long at something else.
ANSWER_TIMEOUT = 5.0


class Supervisor:
    """Keeps ``count`` workers of ``plan`` alive in the native ``pool``."""

    def __init__(
        self,
        pool: NativePool,
        settings: WorkerSettings,
        count: int,
        plan: WorkerPlan,
        log: MasterLog,
        executable: str | None = None,
        begun: Begun | None = None,
    ) -> None:
        self._begun = begun
        self._pool = pool
        self._settings = settings
        self._plan = plan
        self._log = log
        self._executable = executable
        self._slots = [Slot(index) for index in range(count)]
        self._keeper: SlotKeeper | None = None
        self._thread = threading.Thread(
            target=self._run, name="orthanc-runtime-supervisor", daemon=True
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._condition = PoolCondition(pool, plan.pool, log, self._stopping.is_set)
        self._stop_deadline = 0.0
        self._hurry = asyncio.Event()

    def start(self, timeout: float) -> None:
        """Block until the first worker said hello; the others follow by themselves.

        Raises StartupError, with the worker's traceback where the script fails there, after
        everything was stopped again. ``timeout`` in seconds.
        """
        try:
            self._thread.start()
        except RuntimeError as error:
            raise StartupError(f"no thread for the workers: {error}") from error
        try:
            self._condition.first_worker.result(timeout)
        except TimeoutError:
            self.stop(STOP_AFTER_FAILED_START)
            raise StartupError(
                f"no worker of pool {self._plan.pool} was ready within {timeout:g} seconds"
            ) from None
        except StartupError:
            self.stop(STOP_AFTER_FAILED_START)
            raise

    @property
    def ready_workers(self) -> int:
        """Workers that have said hello and live."""
        return self._condition.ready_workers

    @property
    def running(self) -> bool:
        """The supervisor has not ended."""
        return self._thread.is_alive()

    def recycle(self, pid: int | None) -> list[int]:
        """Have workers replaced, each by a successor that serves first: that one, or all.

        Returns the pids of those that serve and will leave, at once.
        """
        asked: Future[list[int]] = Future()
        self._call(lambda: asked.set_result(self._keeper.recycle(pid) if self._keeper else []))
        try:
            return asked.result(ANSWER_TIMEOUT)
        except TimeoutError:  # the loop has ended
            return []

    def drain(self) -> None:
        """Start no worker and give out no task; the workers leave after what they run.

        Returns at once. :meth:`stop` can follow.
        """
        self._call(self._stopping.set)

    def stop(self, deadline: float) -> bool:
        """End workers, fork server and thread within ``deadline`` seconds; true if all are gone.

        To be called before the native pool is stopped, else dead workers are replaced. Tasks
        that are still running when the time is up are killed. Idempotent.
        """
        self.begin_stop(deadline)
        if self._thread.ident is not None:
            self._thread.join(deadline)
        elif self._begun is not None:
            self._begun.end()
            self._begun = None
        return not self._thread.is_alive()

    def begin_stop(self, deadline: float) -> None:
        """As :meth:`stop`, without waiting."""
        self._stop_deadline = time.monotonic() + deadline
        self._call(self._hurry.set)
        self._call(self._stopping.set)

    def _call(self, function: Callable[[], object]) -> None:
        if self._loop is None:
            function()  # it finds the event set when it begins
        else:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(function)

    # In the supervisor's thread

    def _run(self) -> None:
        # The kernel ties workers and fork server to the thread that starts them, so it is one
        # thread, which ends after them. In the other we wait for the exit status of the dead.
        with (
            self._begun.thread if self._begun else ThreadPoolExecutor(1, THREAD) as launching,
            ThreadPoolExecutor(REAPERS, "orthanc-runtime-reaper") as reaping,
        ):
            self._run_loop(launching, reaping)
        self._condition.ended()

    def _run_loop(self, launching: Executor, reaping: Executor) -> None:
        try:
            begin_threads(reaping, REAPERS)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._supervise(launching, reaping))
        except Exception:  # noqa: BLE001 - the last resort of a thread
            self._condition.give_up(
                f"the supervisor of the workers failed\n{traceback.format_exc()}"
            )

    async def _supervise(self, launching: Executor, reaping: Executor) -> None:
        self._loop = asyncio.get_running_loop()
        if self._begun is not None:
            launcher = self._begun.launcher
        else:
            make = partial(Launcher, self._settings, self._plan.scripts, self._executable)
            try:
                launcher = await in_executor(launching, make)
            except OSError as error:
                self._condition.give_up(f"there is no temporary folder for the workers: {error}")
                return
        keeper = self._keeper = SlotKeeper(
            self._pool,
            self._settings,
            self._plan,
            self._log,
            self._condition,
            self._stopping,
            launcher,
            launching,
            reaping,
        )
        try:
            slots = [asyncio.create_task(keeper.keep_filled(slot)) for slot in self._slots]
            await self._stopping.wait()
            if not self._hurry.is_set():
                await self._drain(keeper, slots)
            await self._end_workers(keeper, slots)
        finally:
            deadline = self._stop_deadline - STOP_RESERVE / 3
            for complaint in await in_executor(launching, launcher.stop, deadline):
                self._log.write(LogCode.PROCESS_KILLED_AT_STOP, complaint)

    async def _drain(self, keeper: SlotKeeper, slots: list[asyncio.Task[None]]) -> None:
        """Until the workers have left by themselves, or somebody is in a hurry."""
        keeper.retire()
        hurry = asyncio.create_task(self._hurry.wait())
        left: set[asyncio.Task[Any]] = {*slots, *keeper.leaving}
        while left and not hurry.done():
            _, left = await asyncio.wait({hurry, *left}, return_when=asyncio.FIRST_COMPLETED)
            left.discard(hurry)
        if not hurry.done():
            hurry.cancel()
            self._stop_deadline = time.monotonic() + STOP_AFTER_FAILED_START

    async def _end_workers(self, keeper: SlotKeeper, slots: list[asyncio.Task[None]]) -> None:
        """Retire, wait, kill, wait; leaves time for the fork server."""
        keeper.interrupt_launches()
        keeper.retire()
        left = await _unfinished([*slots, *keeper.leaving], self._stop_deadline - STOP_RESERVE)
        if not left:
            return
        keeper.kill("Orthanc stops")
        left = await _unfinished(left, self._stop_deadline - STOP_RESERVE / 3)
        for task in left:
            task.cancel()
        if left:
            self._log.write(
                LogCode.WORKER_IMMORTAL,
                f"{len(left)} workers do not end although they were killed",
            )
            await asyncio.wait(left, timeout=STOP_RESERVE / 3)


def begin_threads(executor: Executor, number: int) -> None:
    """Start all threads of ``executor`` now: later the system may have none.

    Raises RuntimeError where it has none now.
    """
    together = threading.Barrier(number)
    try:
        begun = [executor.submit(together.wait) for _ in range(number)]
    except RuntimeError:
        together.abort()
        raise
    for each in begun:
        each.result()


async def _unfinished(
    tasks: Iterable[asyncio.Task[Any]], deadline: float
) -> set[asyncio.Task[Any]]:
    """What of ``tasks`` is not done at a point on the monotonic clock."""
    _, left = await asyncio.wait(tasks, timeout=max(0.0, deadline - time.monotonic()))
    return left
