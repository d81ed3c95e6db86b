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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import uvloop

from orthanc_runtime.errors import StartupError
from orthanc_runtime.hello import WorkerNotReadyError, introduce
from orthanc_runtime.launch import Launched, Launcher, WorkerPlan
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool, NativeWorker, WorkerExit
from orthanc_runtime.settings import WorkerSettings
from orthanc_runtime.slot import Ending, PoolHealth, Slot
from orthanc_runtime.worker_state import WorkerEvent, WorkerLife, WorkerState

# A dead worker's last frame, or the end of its lane, is there when the kernel reports the death;
# longer only where a process that the worker has left behind holds the lane.
LAST_FRAME = 0.2
# From SIGKILL to the kernel's report; more is a process that hangs in the kernel.
AFTER_KILL = 5.0
# Kept back from the time given to stop(): for SIGKILL, the fork server, and the thread itself.
STOP_RESERVE = 1.5

Result = TypeVar("Result")


class _Run:
    """One worker process under supervision."""

    def __init__(self, launched: Launched, worker: NativeWorker) -> None:
        self.launched = launched
        self.worker = worker
        self.life = WorkerLife()
        self.exited = asyncio.Event()
        self.failure: WorkerNotReadyError | None = None
        self.started = time.monotonic()

    def kill(self, event: WorkerEvent, reason: str) -> None:
        if self.life.state is not WorkerState.EXITED:
            self.life.move(event)
            self.worker.kill(reason)

    def retire(self) -> None:
        """No new task; a worker that is still starting is killed."""
        if self.life.state is WorkerState.EXITED:
            return
        if self.life.move(WorkerEvent.RETIRE) is WorkerState.KILLING:
            self.worker.kill("no longer wanted")
        else:
            self.worker.retire()


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
        self._runs: dict[int, _Run] = {}
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
            self.stop(STOP_RESERVE * 2)
            raise StartupError(f"no worker was ready within {timeout:g} seconds") from None
        except StartupError:
            self.stop(STOP_RESERVE * 2)
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
        self._thread.join(deadline + STOP_RESERVE)
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
        """Retire, wait, kill, wait; returns before the deadline of the stop."""
        for run in list(self._runs.values()):
            run.retire()
        kill_at = self._stop_deadline - STOP_RESERVE
        _, left = await asyncio.wait(slots, timeout=max(0.0, kill_at - time.monotonic()))
        if not left:
            return
        # Whoever waits for the fork server is woken by its end.
        self._launcher.interrupt()
        for run in list(self._runs.values()):
            run.kill(WorkerEvent.KILL, "Orthanc stops")
        reserve = max(0.5, self._stop_deadline - time.monotonic() - 0.5)
        _, left = await asyncio.wait(left, timeout=reserve)
        for task in left:
            task.cancel()
        if left:
            self._log.error(f"{len(left)} workers do not end although they were killed")
            await asyncio.wait(left, timeout=0.5)

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
        run = await self._launch(slot)
        if run is None:
            return Ending.NEVER_READY
        loop = asyncio.get_running_loop()
        self._runs[slot.index] = run
        loop.add_reader(run.launched.watch_fd, run.exited.set)
        try:
            await self._introduce(slot, run)
            await self._wait_for_exit(slot, run)
        finally:
            loop.remove_reader(run.launched.watch_fd)
            del self._runs[slot.index]
            run.launched.close()
        ended = await self._in(self._reaping, run.worker.exit)
        was_ready = run.life.said_hello
        run.life.move(WorkerEvent.EXIT)
        return self._account(slot, run, ended, was_ready)

    async def _launch(self, slot: Slot) -> _Run | None:
        """A process that the pool knows; None where it could not be started."""
        starting = asyncio.ensure_future(
            self._in(self._launching, self._launcher.launch, slot.index)
        )
        done, _ = await asyncio.wait({starting}, timeout=self._settings.startup_timeout)
        late = not done
        if late:
            self._launcher.interrupt()
        try:
            launched = await starting
        except (StartupError, OSError) as error:
            reason = f"worker {slot.index} could not be started: {error}"
            if late:
                reason = (
                    f"the fork server did not start worker {slot.index} within StartupTimeout "
                    f"({self._settings.startup_timeout:g} seconds): is a module in Preload slow?"
                )
            self._start_failed(reason, False, late)
            return None
        try:
            worker = self._pool.attach(index=slot.index, pid=launched.pid, **launched.take())
            launched.lane.setblocking(False)
            return _Run(launched, worker)
        except BaseException:
            launched.abandon()
            raise

    async def _introduce(self, slot: Slot, run: _Run) -> None:
        """HELLO and the lane to the pool, or ``run.failure`` and a killed worker."""
        if self._stopping.is_set():
            run.retire()
            return
        hello = asyncio.create_task(introduce(run.launched.lane, self._plan.bootstrap(slot.index)))
        died = asyncio.create_task(run.exited.wait())
        patience = self._settings.startup_timeout - (time.monotonic() - run.started)
        try:
            await asyncio.wait({hello, died}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if run.exited.is_set():
                await asyncio.wait({hello}, timeout=LAST_FRAME)
            if run.life.state is not WorkerState.STARTING:
                return  # somebody ended it meanwhile
            if not hello.done():
                if not run.exited.is_set():
                    run.failure = WorkerNotReadyError(
                        "the worker did not import the script within StartupTimeout "
                        f"({self._settings.startup_timeout:g} seconds)"
                    )
            else:
                try:
                    self._say_once(hello.result())
                    self._publish(slot, run)
                except WorkerNotReadyError as error:
                    run.failure = error
                except OSError:
                    # It hung up: its exit says more than the broken socket.
                    await asyncio.wait({died}, timeout=LAST_FRAME)
            if run.life.state is WorkerState.STARTING and not run.exited.is_set():
                reason = str(run.failure or "it closed its lane").splitlines()[0]
                run.kill(WorkerEvent.FAIL, reason)
        finally:
            for task in (hello, died):
                task.cancel()

    def _say_once(self, complaints: list[str]) -> None:
        for complaint in complaints:
            if complaint not in self._said:
                self._said.add(complaint)
                self._log.warning(complaint)

    def _publish(self, slot: Slot, run: _Run) -> None:
        run.life.move(WorkerEvent.HELLO)
        run.worker.publish(run.launched.lane.detach())
        if self._health.worker_ready():
            self._pool.set_broken("")
            self._log.warning("the pool of workers serves again")
        milliseconds = (time.monotonic() - run.started) * 1000
        line = f"worker {slot.index} (pid {run.worker.pid}) is ready after {milliseconds:.0f} ms"
        if slot.workers_started == 1:
            self._log.info(line)
        else:
            self._log.warning(f"{line}, in place of one that ended")
        if not self._first_worker.done():
            self._first_worker.set_result(None)

    async def _wait_for_exit(self, slot: Slot, run: _Run) -> None:
        while not run.exited.is_set():
            killing = run.life.state is WorkerState.KILLING
            try:
                await asyncio.wait_for(run.exited.wait(), AFTER_KILL if killing else None)
            except TimeoutError:
                self._log.error(
                    f"worker {slot.index} (pid {run.worker.pid}) was killed and does not end; "
                    "its slot stays empty until it does"
                )
                await run.exited.wait()

    def _account(self, slot: Slot, run: _Run, ended: WorkerExit, was_ready: bool) -> Ending:
        """Log how a worker ended, and say what that means for its slot."""
        name = f"worker {slot.index} (pid {run.worker.pid})"
        asked = run.life.ended_by_us and run.failure is None
        by_somebody_else = ended["signal"] == 9 and not ended["killed_because"]
        line = f"{name} {_how(ended)}"
        if was_ready and self._health.worker_gone():
            self._pool.set_broken(self._health.broken or "")
        if asked or self._stopping.is_set():
            self._log.info(line)
            return Ending.SERVED
        if run.failure is not None:
            self._start_failed(f"{name} cannot start: {run.failure}", run.failure.final, True)
            return Ending.NEVER_READY
        if by_somebody_else:
            self._log.warning(f"{line}, not by Orthanc{_last_words(ended)}")
            return Ending.KILLED_FROM_OUTSIDE
        if not was_ready:
            self._start_failed(f"{line} before it was ready{_last_words(ended)}", False, False)
            return Ending.NEVER_READY
        self._log.warning(f"{line}{_last_words(ended)}")
        return Ending.SERVED if ended["served"] else Ending.UNUSED

    def _start_failed(self, reason: str, final: bool, conclusive: bool) -> None:
        """``conclusive``: Orthanc need not try again to know that it cannot start so."""
        if self._stopping.is_set():
            return
        broke = self._health.start_failed(reason, final)
        if not self._first_worker.done():
            if conclusive or broke:
                self._first_worker.set_exception(StartupError(reason))
            else:
                self._log.warning(f"{reason}; another one is tried")
            return
        self._log.error(reason)
        if broke:
            self._pool.set_broken(reason.splitlines()[0])
            self._log.error(
                "no worker is left and none can be started: offloaded requests are answered "
                "with 503 until one can"
            )


def _how(ended: WorkerExit) -> str:
    because = f": {ended['killed_because']}" if ended["killed_because"] else ""
    tasks = f"{ended['served']} task{'' if ended['served'] == 1 else 's'}"
    return f"{ended['reason']} after {tasks}{because}"


def _last_words(ended: WorkerExit) -> str:
    """The end of the output, or of a crash the beginning of its report."""
    lines = [line.strip() for line in ended["stderr"].splitlines() if line.strip()]
    crash = next((n for n, line in enumerate(lines) if "Fatal Python error" in line), None)
    shown = lines[-3:] if crash is None else lines[crash : crash + 3]
    return f"; last words: {' | '.join(shown)[:500]}" if shown else ""
