# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that import the script anew, while Orthanc and its own interpreter go on.

In each generation each pool has a supervisor and a fork server of its own; all generations serve
the same native pools. The old one leaves once the new one serves, in all pools.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orthanc_runtime.errors import StartupError
from orthanc_runtime.hello import HANDLERS_DIFFER
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool
from orthanc_runtime.script_files import forget_older_bytecode, script_files
from orthanc_runtime.supervisor import STOP_AFTER_FAILED_START, Supervisor

POLL = 0.02
CONFLICT = 409
FAILED = 500


class ReloadRefusedError(Exception):
    """The old generation goes on serving. ``status`` is for HTTP."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True)
class PoolOfGenerations:
    """``make`` gives a supervisor that has not started; ``timeout`` is the time that a first
    worker may take, in seconds."""

    native: NativePool
    make: Callable[[], Supervisor]
    count: int
    timeout: float


class Generations:
    """All pools of one start."""

    def __init__(
        self, pools: Sequence[PoolOfGenerations], scripts: Sequence[Path], log: MasterLog
    ) -> None:
        self._pools = pools
        self._scripts = scripts
        self._log = log
        self._reloading = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = False
        self._draining: list[Supervisor] = []
        self._coming: list[Supervisor] = []
        self._current = [pool.make() for pool in pools]
        self.number = 1

    def start(self) -> None:
        """The first generation. Raises StartupError."""
        self._start(self._current)

    def _start(self, supervisors: Sequence[Supervisor]) -> None:
        """All at once; where one cannot start the others are stopped, and its error is raised."""
        errors: list[BaseException] = []
        with ThreadPoolExecutor(len(supervisors), "orthanc-runtime-start") as starting:
            try:
                starts = [
                    starting.submit(supervisor.start, pool.timeout)
                    for supervisor, pool in zip(supervisors, self._pools, strict=True)
                ]
                errors += [error for start in starts if (error := start.exception()) is not None]
            except RuntimeError as error:
                errors.append(StartupError(f"no thread for the workers: {error}"))
        if errors:
            for supervisor in supervisors:
                supervisor.begin_stop(STOP_AFTER_FAILED_START)
            for supervisor in supervisors:
                supervisor.stop(STOP_AFTER_FAILED_START)
            raise errors[0]

    def reload(self) -> int:
        """The number of the new generation, once its workers serve.

        Raises ReloadRefusedError where another reload is under way, where the script fails in the
        new workers, and where it offloads other handlers now: their routes are Orthanc's.
        """
        if not self._reloading.acquire(blocking=False):
            raise ReloadRefusedError(CONFLICT, "the workers are being reloaded already")
        try:
            return self._reload()
        finally:
            self._reloading.release()

    def recycle(self, pid: int | None) -> list[int]:
        """Have one worker replaced, or all of them; see :meth:`Supervisor.recycle`."""
        with self._lock:
            current = list(self._current)
        return [each for supervisor in current for each in supervisor.recycle(pid)]

    def stop(self, deadline: float) -> bool:
        """End all generations within ``deadline`` seconds; true if all workers are gone."""
        end = time.monotonic() + deadline
        with self._lock:
            self._stopped = True
            supervisors = [*self._current, *self._coming, *self._draining]
        for supervisor in supervisors:
            supervisor.begin_stop(deadline)
        ended = [each.stop(max(0.0, end - time.monotonic())) for each in supervisors]
        return all(ended)

    def _reload(self) -> int:
        began = time.monotonic()
        forget_older_bytecode(script_files(self._scripts))
        successors = [pool.make() for pool in self._pools]
        with self._lock:
            if self._stopped:
                raise ReloadRefusedError(CONFLICT, "Orthanc is stopping")
            self._coming = successors
        try:
            self._start(successors)
        except StartupError as error:
            with self._lock:
                self._coming = []
            status = CONFLICT if HANDLERS_DIFFER in str(error) else FAILED
            number = self.number
            self._log.write(
                LogCode.RELOAD_REFUSED,
                f"the reload is refused, generation {number} goes on serving: {error}",
            )
            raise ReloadRefusedError(
                status, f"generation {number} goes on serving: {error}"
            ) from error
        for pool, successor in zip(self._pools, successors, strict=True):
            self._wait_full(successor, pool)
        with self._lock:
            old, self._current, self._coming = self._current, successors, []
            self._draining = [each for each in self._draining if each.running]
            self._draining += old
            self.number += 1
            stopped = self._stopped
        if not stopped:
            for supervisor, pool in zip(old, self._pools, strict=True):
                supervisor.drain()
                pool.native.set_broken("")
                pool.native.set_generation(self.number)
        self._log.write(
            LogCode.RELOADED,
            f"generation {self.number} of the workers serves after "
            f"{time.monotonic() - began:.1f} s, the one before leaves when its tasks have ended",
        )
        return self.number

    def _wait_full(self, successor: Supervisor, pool: PoolOfGenerations) -> None:
        """The old workers shall leave when there are as many new ones."""
        deadline = time.monotonic() + pool.timeout
        while (
            successor.ready_workers < pool.count
            and not self._stopped
            and time.monotonic() < deadline
        ):
            time.sleep(POLL)
