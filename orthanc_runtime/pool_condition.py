# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts and ends of workers mean for the pool, for its log, and for the start of Orthanc."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Future

from orthanc_runtime.errors import StartupError
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool, WorkerExit
from orthanc_runtime.oom_kills import oom_kills
from orthanc_runtime.slot import Ending, PoolHealth, Slot
from orthanc_runtime.supervised_worker import SupervisedWorker, how, last_words
from orthanc_runtime.worker_state import WorkerEvent

# A worker that lived so long did not lack the memory for its start.
LONG_LIFE = 60.0


class PoolCondition:
    """Told by the supervisor, in its thread.

    ``first_worker`` is done with the first hello, or has the StartupError for which Orthanc
    cannot start.
    """

    def __init__(
        self, pool: NativePool, name: str, log: MasterLog, stopping: Callable[[], bool]
    ) -> None:
        self._pool = pool
        self._name = name
        self._log = log
        self._stopping = stopping
        self._health = PoolHealth()
        self._said: set[str] = set()
        self._oom_kills = oom_kills()
        self.first_worker: Future[None] = Future()

    @property
    def ready_workers(self) -> int:
        """Workers that have said hello and live."""
        return self._health.ready

    def ended(self) -> None:
        """There will be no worker any more."""
        if not self.first_worker.done():
            self.first_worker.set_exception(
                StartupError("the workers were stopped before one was ready")
            )

    @property
    def no_more_starts(self) -> bool:
        """No further worker can succeed until Orthanc is restarted."""
        return self._health.no_more_starts is not None

    def worker_ready(
        self,
        slot: Slot,
        worker: SupervisedWorker,
        complaints: list[str],
        predecessor: SupervisedWorker | None,
    ) -> None:
        """``predecessor``: the worker that leaves now, where one is recycled."""
        if self._health.worker_ready():
            self._pool.set_broken("")
            self._log.write(LogCode.POOL_MENDED, f"the pool {self._name} serves again")
        line = f"{worker.name} is ready after {worker.age * 1000:.0f} ms"
        if predecessor is not None:
            code = LogCode.WORKER_RECYCLED
            line += f"; {predecessor.name} leaves, as {predecessor.recycling_reason}"
        elif slot.workers_started == 1:
            code = LogCode.WORKER_READY
        else:
            code = LogCode.WORKER_REPLACED
            line += ", in place of one that ended"
        self._log.write(code, line, worker=worker.pid)
        for complaint in complaints:
            if complaint not in self._said:
                self._said.add(complaint)
                self._log.write(LogCode.FORK_SERVER_ODD, complaint)
        if not self.first_worker.done():
            self.first_worker.set_result(None)

    def worker_ended(self, worker: SupervisedWorker, ended: WorkerExit) -> Ending:
        """Log how, and say what that means for the slot."""
        line = f"{worker.name} {how(ended)}"
        was_ready = worker.life.said_hello
        if was_ready and self._health.worker_gone() and not self._stopping():
            self._pool.set_broken(self._health.broken or "")
        worker.life.move(WorkerEvent.EXIT)
        failure = worker.failure
        if self._stopping() or (worker.life.ended_by_us and failure is None):
            self._log.write(LogCode.WORKER_LEFT, line, worker=worker.pid)
            return Ending.SERVED
        if failure is not None:
            reason = f"{worker.name} cannot start: {failure}"
            self.start_failed(reason, failure.final, conclusive=True)
            return Ending.NEVER_READY
        if ended["signal"] == signal.SIGKILL and not ended["killed_because"]:
            return self._killed_from_outside(worker, ended, line)
        if not was_ready:
            self.start_failed(f"{line} before it was ready{last_words(ended)}")
            return Ending.NEVER_READY
        self._log.write(LogCode.WORKER_ENDED, f"{line}{last_words(ended)}", worker=worker.pid)
        return Ending.SERVED if ended["served"] else Ending.UNUSED

    def _killed_from_outside(
        self, worker: SupervisedWorker, ended: WorkerExit, line: str
    ) -> Ending:
        out_of_memory = self._oom_kills.explain_one()
        line += ", by the kernel for want of memory" if out_of_memory else ", not by Orthanc"
        if out_of_memory and not worker.life.said_hello:
            self.start_failed(f"{line}, before it was ready")
            return Ending.NEVER_READY
        text = f"{line}{last_words(ended)}"
        self._log.write(LogCode.WORKER_KILLED, text, worker=worker.pid)
        if out_of_memory and worker.age < LONG_LIFE:
            return Ending.OUT_OF_MEMORY
        return Ending.SERVED if ended["served"] else Ending.KILLED_FROM_OUTSIDE

    def start_failed(self, reason: str, final: bool = False, conclusive: bool = False) -> None:
        """``conclusive``: Orthanc need not try again to know that it cannot start so."""
        if self._stopping():
            return
        broke = self._health.start_failed(reason, final)
        if self.first_worker.done():
            self._log.write(LogCode.WORKER_START_FAILED, reason)
        elif conclusive or broke:
            self.first_worker.set_exception(StartupError(reason))
            return
        else:
            self._log.write(LogCode.WORKER_START_REPEATED, f"{reason}; another one is tried")
        if broke:
            self._pool.set_broken(reason.splitlines()[0])
            self._log.write(
                LogCode.POOL_BROKEN,
                f"no worker of the pool {self._name} is left and none can be started: its requests "
                "are answered with 503 until one can",
            )

    def give_up(self, reason: str) -> None:
        """There will be no supervision any more."""
        if not self.first_worker.done():
            # The workers of another generation may be serving.
            self.first_worker.set_exception(StartupError(reason))
            return
        self._log.write(LogCode.SUPERVISOR_FAILED, reason)
        self._pool.set_broken(reason.splitlines()[0])
