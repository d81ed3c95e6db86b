# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One permanent thread that starts workers, replaces them, and ends them.

It runs an asyncio loop on uvloop with one task for each slot. It is never on the path of a
request: from HELLO on a worker's lane belongs to the native pool, and a worker's death or a
deadline is acted on there first; here follow the log line and the successor.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import uvloop

from orthanc_runtime.errors import StartupError
from orthanc_runtime.launch import Launcher, WorkerPlan
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool, WorkerExit
from orthanc_runtime.settings import WorkerSettings
from orthanc_runtime.slot import Ending, PoolHealth, Slot
from orthanc_runtime.supervised_worker import SupervisedWorker, how, last_words
from orthanc_runtime.worker_state import WorkerEvent

# Kept back from the time given to stop(): for SIGKILL, the fork server, and the thread itself.
STOP_RESERVE = 1.5
# For a start that fails: nothing is under way that deserves more time.
STOP_AFTER_FAILED_START = 3.0
SIGKILL = 9

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
        self._workers: dict[int, SupervisedWorker] = {}
        self._launches = 0
        self._health = PoolHealth()
        self._said: set[str] = set()
        self._first_worker: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=self._run, name="orthanc-runtime-supervisor", daemon=True
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._stop_deadline = 0.0

    def start(self, timeout: float) -> None:
        """Block until the first worker said hello; the others follow by themselves.

        Raises StartupError, with the worker's traceback where the script fails there, after
        everything was stopped again. ``timeout`` in seconds.
        """
        self._thread.start()
        try:
            self._first_worker.result(timeout)
        except TimeoutError:
            self.stop(STOP_AFTER_FAILED_START)
            raise StartupError(f"no worker was ready within {timeout:g} seconds") from None
        except StartupError:
            self.stop(STOP_AFTER_FAILED_START)
            raise

    def stop(self, deadline: float) -> bool:
        """End workers, fork server and thread within ``deadline`` seconds; true if all are gone.

        To be called before the native pool is stopped, else dead workers are replaced. Tasks
        that are still running when the time is up are killed. Idempotent.
        """
        self._stop_deadline = time.monotonic() + deadline
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(deadline)
        return not self._thread.is_alive()

    # In the supervisor's thread

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._supervise())
        except Exception:  # noqa: BLE001 - the last resort of a thread
            self._give_up(f"the supervisor of the workers failed\n{traceback.format_exc()}")

    def _give_up(self, reason: str) -> None:
        self._log.error(reason)
        self._pool.set_broken(reason.splitlines()[0])
        if not self._first_worker.done():
            self._first_worker.set_exception(StartupError(reason))

    async def _supervise(self) -> None:
        self._loop = asyncio.get_running_loop()
        # The kernel ties workers and fork server to the thread that starts them, so it is one
        # thread, which ends after them.
        self._launching = ThreadPoolExecutor(1, "orthanc-runtime-launcher")
        # Where we wait for the exit status of dead processes.
        self._reaping = ThreadPoolExecutor(2, "orthanc-runtime-reaper")
        try:
            self._launcher = await self._in(
                self._launching, Launcher, self._settings, self._executable
            )
            slots = [asyncio.create_task(self._keep_filled(slot)) for slot in self._slots]
            await self._stopping.wait()
            await self._end_workers(slots)
            complaints = await self._in(self._launching, self._launcher.stop, self._stop_deadline)
            for complaint in complaints:
                self._log.warning(complaint)
        finally:
            self._launching.shutdown(wait=False)
            self._reaping.shutdown(wait=False)

    async def _in(
        self, executor: ThreadPoolExecutor, function: Callable[..., Result], *arguments: Any
    ) -> Result:
        return await asyncio.get_running_loop().run_in_executor(executor, function, *arguments)

    async def _end_workers(self, slots: list[asyncio.Task[None]]) -> None:
        """Retire, wait, kill, wait; leaves time for the fork server."""
        if self._launches:
            self._launcher.interrupt()
        for worker in list(self._workers.values()):
            worker.retire()
        left = await _unfinished(slots, self._stop_deadline - STOP_RESERVE)
        if not left:
            return
        self._launcher.interrupt()
        for worker in list(self._workers.values()):
            worker.kill("Orthanc stops")
        left = await _unfinished(left, self._stop_deadline - STOP_RESERVE / 3)
        for task in left:
            task.cancel()
        if left:
            self._log.error(f"{len(left)} workers do not end although they were killed")
            await asyncio.wait(left, timeout=STOP_RESERVE / 3)

    async def _keep_filled(self, slot: Slot) -> None:
        delay = 0.0
        while self._health.no_more_starts is None:
            if await self._stops_within(delay):
                return
            slot.worker_starts()
            try:
                ending = await self._one_worker(slot)
            except Exception:  # noqa: BLE001 - a fault of ours must not empty the slot for good
                self._log.error(f"supervision of slot {slot.index}\n{traceback.format_exc()}")
                self._start_failed("a fault in the supervisor, see the log", False, True)
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
        """From the start to the end of one worker."""
        worker = await self._launch(slot)
        if worker is None:
            return Ending.NEVER_READY
        self._workers[slot.index] = worker
        try:
            if self._stopping.is_set():
                worker.retire()
            else:
                complaints = await worker.introduce(
                    self._plan.bootstrap(slot.index), self._settings.startup_timeout
                )
                if complaints is not None:
                    self._welcome(slot, worker, complaints)
            await worker.wait_for_exit(self._log)
        finally:
            del self._workers[slot.index]
            worker.close()
        ended = await self._in(self._reaping, worker.reap)
        return self._account(worker, ended)

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
            reason = f"worker {slot.index} could not be started: {error}"
            if not done:
                reason = (
                    f"the fork server did not start worker {slot.index} within StartupTimeout "
                    f"({timeout:g} seconds): does a module in Python.Workers.Preload take so long?"
                )
            self._start_failed(reason, conclusive=not done)
            return None
        finally:
            self._launches -= 1
        try:
            native = self._pool.attach(index=slot.index, pid=launched.pid, **launched.take())
            launched.lane.setblocking(False)
            return SupervisedWorker(slot.index, launched, native)
        except BaseException:
            launched.abandon()
            raise

    def _welcome(self, slot: Slot, worker: SupervisedWorker, complaints: list[str]) -> None:
        if self._health.worker_ready():
            self._pool.set_broken("")
            self._log.warning("the pool of workers serves again")
        line = f"{worker.name} is ready after {worker.age * 1000:.0f} ms"
        if slot.workers_started == 1:
            self._log.info(line)
        else:
            self._log.warning(f"{line}, in place of one that ended")
        for complaint in complaints:
            if complaint not in self._said:
                self._said.add(complaint)
                self._log.warning(complaint)
        if not self._first_worker.done():
            self._first_worker.set_result(None)

    def _account(self, worker: SupervisedWorker, ended: WorkerExit) -> Ending:
        """Log how a worker ended, and say what that means for its slot."""
        line = f"{worker.name} {how(ended)}"
        was_ready = worker.life.said_hello
        if was_ready and self._health.worker_gone():
            self._pool.set_broken(self._health.broken or "")
        worker.life.move(WorkerEvent.EXIT)
        failure = worker.failure
        if self._stopping.is_set() or (worker.life.ended_by_us and failure is None):
            self._log.info(line)
            return Ending.SERVED
        if failure is not None:
            self._start_failed(f"{worker.name} cannot start: {failure}", failure.final, True)
            return Ending.NEVER_READY
        if ended["signal"] == SIGKILL and not ended["killed_because"]:
            self._log.warning(f"{line}, not by Orthanc{last_words(ended)}")
            return Ending.SERVED if ended["served"] else Ending.KILLED_FROM_OUTSIDE
        if not was_ready:
            self._start_failed(f"{line} before it was ready{last_words(ended)}")
            return Ending.NEVER_READY
        self._log.warning(f"{line}{last_words(ended)}")
        return Ending.SERVED if ended["served"] else Ending.UNUSED

    def _start_failed(self, reason: str, final: bool = False, conclusive: bool = False) -> None:
        """``conclusive``: Orthanc need not try again to know that it cannot start so."""
        if self._stopping.is_set():
            return
        broke = self._health.start_failed(reason, final)
        if self._first_worker.done():
            self._log.error(reason)
        elif conclusive or broke:
            self._first_worker.set_exception(StartupError(reason))
            return
        else:
            self._log.warning(f"{reason}; another one is tried")
        if broke:
            self._pool.set_broken(reason.splitlines()[0])
            self._log.error(
                "no worker is left and none can be started: offloaded requests are answered "
                "with 503 until one can"
            )


async def _unfinished(
    tasks: Iterable[asyncio.Task[None]], deadline: float
) -> set[asyncio.Task[None]]:
    """What of ``tasks`` is not done at a point on the monotonic clock."""
    _, left = await asyncio.wait(tasks, timeout=max(0.0, deadline - time.monotonic()))
    return left
