# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slots that are kept filled: one worker after the other, from its start to its end."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

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

MEBIBYTE = 1024 * 1024

Result = TypeVar("Result")


class SlotKeeper:
    """Lives in the loop of the supervisor, whose ``stopping`` ends it.

    ``launching`` is the one thread that starts processes with ``launcher``; in ``reaping`` we wait
    for the exit status of the dead.
    """

    def __init__(
        self,
        pool: NativePool,
        settings: WorkerSettings,
        plan: WorkerPlan,
        log: MasterLog,
        condition: PoolCondition,
        stopping: asyncio.Event,
        launcher: Launcher,
        launching: Executor,
        reaping: Executor,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._plan = plan
        self._log = log
        self._condition = condition
        self._stopping = stopping
        self._launcher = launcher
        self._launching = launching
        self._reaping = reaping
        self._workers: set[SupervisedWorker] = set()
        self.leaving: set[asyncio.Task[Ending]] = set()
        """The ends of those whose slots have a successor."""
        # Of the workers, who serve until their successors do, by slot.
        self._recycled: dict[int, SupervisedWorker] = {}
        self._launches = 0

    def retire(self) -> None:
        """No worker gets a new task; they leave after what they run."""
        for worker in list(self._workers):
            worker.retire()

    def kill(self, reason: str) -> None:
        for worker in list(self._workers):
            worker.kill(reason)

    def interrupt_launches(self) -> None:
        """What is being started is not wanted any more."""
        if self._launches:
            self._launcher.interrupt()

    def recycle(self, pid: int | None) -> list[int]:
        """See :meth:`Supervisor.recycle`."""
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

    async def keep_filled(self, slot: Slot) -> None:
        """Until nothing more is to be started."""
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
                self.leaving.add(leaving)
                leaving.add_done_callback(self.leaving.discard)
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
        ended = await in_executor(self._reaping, worker.reap)
        return self._condition.worker_ended(worker, ended)

    async def _launch(self, slot: Slot) -> SupervisedWorker | None:
        """A process that the pool knows; None where it could not be started."""
        timeout = self._settings.startup_timeout
        starting = asyncio.ensure_future(
            in_executor(self._launching, self._launcher.launch, slot.index, self._plan.shared_lanes)
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
            for note in self._launcher.take_notes():
                self._log.write(LogCode.FORK_SERVER_ODD, note)
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


async def in_executor(
    executor: Executor, function: Callable[..., Result], *arguments: Any
) -> Result:
    """What ``function`` gives in a thread."""
    return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)
