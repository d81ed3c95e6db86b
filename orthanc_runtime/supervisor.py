# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One permanent thread that starts workers, replaces them, and ends them.

It runs an asyncio loop on uvloop with one task for each slot. It is never on the path of a
request: from HELLO on a worker's lane belongs to the native pool, and a worker's death or a
deadline is acted on there first; here follow the log line and the successor.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import uvloop

from orthanc_runtime.errors import StartupError
from orthanc_runtime.launch import Launcher, WorkerPlan
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool
from orthanc_runtime.pool_condition import PoolCondition
from orthanc_runtime.settings import WorkerSettings
from orthanc_runtime.slot import Ending, Slot
from orthanc_runtime.supervised_worker import SupervisedWorker
from orthanc_runtime.worker_state import WorkerState

# Kept back from the time given to stop(): for SIGKILL, the fork server, and the thread itself.
STOP_RESERVE = 1.5
# For a start that fails: nothing is under way that deserves more time.
STOP_AFTER_FAILED_START = 3.0
# For an answer of the loop, which is never long at something else.
ANSWER_TIMEOUT = 5.0
MEBIBYTE = 1024 * 1024

Result = TypeVar("Result")


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
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._plan = plan
        self._log = log
        self._executable = executable
        self._slots = [Slot(index) for index in range(count)]
        self._workers: set[SupervisedWorker] = set()
        # Of those, who serve until their successors do, by slot.
        self._recycled: dict[int, SupervisedWorker] = {}
        self._leaving: set[asyncio.Task[Ending]] = set()
        self._launches = 0
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
        self._thread.start()
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
        self._call(lambda: asked.set_result(self._recycle(pid)))
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

    def _recycle(self, pid: int | None) -> list[int]:
        leaving = set(self._recycled.values())
        found = [
            worker
            for worker in self._workers
            if pid in (None, worker.pid)
            and worker not in leaving
            and worker.life.state is WorkerState.READY
        ]
        for worker in found:
            worker.recycle("an operator has asked for it")
        return [worker.pid for worker in found]

    def _run(self) -> None:
        # The kernel ties workers and fork server to the thread that starts them, so it is one
        # thread, which ends after them. In the other we wait for the exit status of the dead.
        with (
            ThreadPoolExecutor(1, "orthanc-runtime-launcher") as self._launching,
            ThreadPoolExecutor(2, "orthanc-runtime-reaper") as self._reaping,
        ):
            self._run_loop()
        self._condition.ended()

    def _run_loop(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._supervise())
        except Exception:  # noqa: BLE001 - the last resort of a thread
            self._condition.give_up(
                f"the supervisor of the workers failed\n{traceback.format_exc()}"
            )

    async def _supervise(self) -> None:
        self._loop = asyncio.get_running_loop()
        make = partial(Launcher, self._settings, self._plan, self._executable)
        self._launcher = await self._in(self._launching, make)
        try:
            slots = [asyncio.create_task(self._keep_filled(slot)) for slot in self._slots]
            await self._stopping.wait()
            if not self._hurry.is_set():
                await self._drain(slots)
            await self._end_workers(slots)
        finally:
            stop = self._launcher.stop
            for complaint in await self._in(self._launching, stop, self._stop_deadline):
                self._log.write(LogCode.PROCESS_KILLED_AT_STOP, complaint)

    async def _in(
        self, executor: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)

    async def _drain(self, slots: list[asyncio.Task[None]]) -> None:
        """Until the workers have left by themselves, or somebody is in a hurry."""
        for worker in list(self._workers):
            worker.retire()
        hurry = asyncio.create_task(self._hurry.wait())
        left: set[asyncio.Task[Any]] = {*slots, *self._leaving}
        while left and not hurry.done():
            _, left = await asyncio.wait({hurry, *left}, return_when=asyncio.FIRST_COMPLETED)
            left.discard(hurry)
        if not hurry.done():
            hurry.cancel()
            self._stop_deadline = time.monotonic() + STOP_AFTER_FAILED_START

    async def _end_workers(self, slots: list[asyncio.Task[None]]) -> None:
        """Retire, wait, kill, wait; leaves time for the fork server."""
        if self._launches:
            self._launcher.interrupt()
        for worker in list(self._workers):
            worker.retire()
        left = await _unfinished([*slots, *self._leaving], self._stop_deadline - STOP_RESERVE)
        if not left:
            return
        for worker in list(self._workers):
            worker.kill("Orthanc stops")
        left = await _unfinished(left, self._stop_deadline - STOP_RESERVE / 3)
        for task in left:
            task.cancel()
        if left:
            self._log.write(
                LogCode.WORKER_IMMORTAL,
                f"{len(left)} workers do not end although they were killed",
            )
            await asyncio.wait(left, timeout=STOP_RESERVE / 3)

    async def _keep_filled(self, slot: Slot) -> None:
        delay = 0.0
        while not self._condition.no_more_starts:
            if await self._stops_within(delay):
                return
            slot.worker_starts()
            try:
                ending = await self._one_worker(slot)
            except Exception:  # noqa: BLE001 - a fault of ours must not empty the slot for good
                name = self._plan.worker_name(slot.index)
                self._log.write(
                    LogCode.SLOT_FAILED, f"supervision of {name}\n{traceback.format_exc()}"
                )
                self._condition.start_failed(
                    "a fault in the supervisor, see the log", conclusive=True
                )
                ending = Ending.NEVER_READY
            delay = slot.delay_after(ending)

    async def _stops_within(self, seconds: float) -> bool:
        if seconds > 0 and not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), seconds)
            except TimeoutError:
                return False
        return self._stopping.is_set()

    async def _one_worker(self, slot: Slot) -> Ending:
        """From the start of a worker to its end, or until its successor should start."""
        worker = await self._launch(slot)
        if worker is None:
            return Ending.NEVER_READY
        self._workers.add(worker)
        if self._stopping.is_set():
            worker.retire()
        elif await self._introduce(slot, worker):
            due = await worker.wait_until_due()
            if due and not self._stopping.is_set():
                self._recycled[slot.index] = worker
                leaving = asyncio.create_task(self._see_off(worker))
                self._leaving.add(leaving)
                leaving.add_done_callback(self._leaving.discard)
                return Ending.RECYCLED
        return await self._see_off(worker)

    async def _introduce(self, slot: Slot, worker: SupervisedWorker) -> bool:
        """Whether the worker serves; the one whose successor it is leaves then."""
        limits = self._settings
        if limits.maximum_tasks or limits.maximum_memory:
            worker.recycle_after(
                slot.tasks_until_recycled(limits.maximum_tasks), limits.maximum_memory * MEBIBYTE
            )
        complaints = await worker.introduce(
            self._plan.bootstrap(slot.index), limits.startup_timeout
        )
        if complaints is None:
            return False
        recycled = self._recycled.pop(slot.index, None)
        self._condition.worker_ready(slot, worker, complaints, recycled)
        if recycled is not None:
            recycled.retire()
        return True

    async def _see_off(self, worker: SupervisedWorker) -> Ending:
        try:
            await worker.wait_for_exit(self._log)
        finally:
            self._workers.discard(worker)
            worker.close()
        ended = await self._in(self._reaping, worker.reap)
        return self._condition.worker_ended(worker, ended)

    async def _launch(self, slot: Slot) -> SupervisedWorker | None:
        """A process that the pool knows; None where it could not be started."""
        timeout = self._settings.startup_timeout
        starting = asyncio.ensure_future(
            self._in(self._launching, self._launcher.launch, slot.index)
        )
        self._launches += 1
        try:
            done, _ = await asyncio.wait({starting}, timeout=timeout)
            if not done:
                self._launcher.interrupt()
            launched = await starting
        except (StartupError, OSError) as error:
            name = self._plan.worker_name(slot.index)
            reason = f"{name} could not be started: {error}"
            if not done:
                reason = (
                    f"the fork server did not start {name} within StartupTimeout "
                    f"({timeout:g} seconds): does a module in Python.Workers.Preload take so long?"
                )
            self._condition.start_failed(reason, conclusive=not done)
            return None
        finally:
            self._launches -= 1
        try:
            native = self._pool.attach(index=slot.index, pid=launched.pid, **launched.take())
            launched.lane.setblocking(False)
            return SupervisedWorker(self._plan.worker_name(slot.index), launched, native)
        except (RuntimeError, OSError) as error:  # no thread, no descriptor
            launched.abandon()
            name = self._plan.worker_name(slot.index)
            self._condition.start_failed(f"{name} could not be started: {error}")
            return None
        except BaseException:
            launched.abandon()
            raise


async def _unfinished(
    tasks: Iterable[asyncio.Task[Any]], deadline: float
) -> set[asyncio.Task[Any]]:
    """What of ``tasks`` is not done at a point on the monotonic clock."""
    _, left = await asyncio.wait(tasks, timeout=max(0.0, deadline - time.monotonic()))
    return left
