# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that import the script anew, while Orthanc and its own interpreter go on.

Each generation of workers has a supervisor and a fork server of its own; all serve the same
native pool. The old generation leaves once the new one serves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from orthanc_runtime.errors import StartupError
from orthanc_runtime.hello import HANDLERS_DIFFER
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.native import NativePool
from orthanc_runtime.supervisor import Supervisor

POLL = 0.02
CONFLICT = 409
FAILED = 500


class ReloadRefusedError(Exception):
    """The old generation goes on serving. ``status`` is for HTTP."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Generations:
    """``make`` gives a supervisor that has not started; ``timeout`` is the time that a first
    worker may take, in seconds."""

    def __init__(
        self,
        pool: NativePool,
        make: Callable[[], Supervisor],
        count: int,
        timeout: float,
        log: MasterLog,
    ) -> None:
        self._pool = pool
        self._make = make
        self._count = count
        self._timeout = timeout
        self._log = log
        self._reloading = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = False
        self._draining: list[Supervisor] = []
        self._coming: Supervisor | None = None
        self.current = make()
        self.number = 1

    def start(self) -> None:
        """The first generation. Raises StartupError."""
        self.current.start(self._timeout)

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

    def stop(self, deadline: float) -> bool:
        """End all generations within ``deadline`` seconds; true if all workers are gone."""
        end = time.monotonic() + deadline
        with self._lock:
            self._stopped = True
            coming = [] if self._coming is None else [self._coming]
            supervisors = [self.current, *coming, *self._draining]
        for supervisor in supervisors[1:]:
            supervisor.begin_stop(deadline)
        ended = [each.stop(max(0.0, end - time.monotonic())) for each in supervisors]
        return all(ended)

    def _reload(self) -> int:
        began = time.monotonic()
        successor = self._make()
        with self._lock:
            if self._stopped:
                raise ReloadRefusedError(CONFLICT, "Orthanc is stopping")
            self._coming = successor
        try:
            successor.start(self._timeout)
        except StartupError as error:
            with self._lock:
                self._coming = None
            status = CONFLICT if HANDLERS_DIFFER in str(error) else FAILED
            number = self.number
            self._log.write(
                LogCode.RELOAD_REFUSED,
                f"the reload is refused, generation {number} goes on serving: {error}",
            )
            raise ReloadRefusedError(
                status, f"generation {number} goes on serving: {error}"
            ) from error
        self._wait_full(successor)
        with self._lock:
            old, self.current, self._coming = self.current, successor, None
            self._draining = [each for each in self._draining if each.running]
            self._draining.append(old)
            self.number += 1
            stopped = self._stopped
        if not stopped:
            old.drain()
            self._pool.set_broken("")
            self._pool.set_generation(self.number)
        self._log.write(
            LogCode.RELOADED,
            f"generation {self.number} of the workers serves after "
            f"{time.monotonic() - began:.1f} s, the one before leaves when its tasks have ended",
        )
        return self.number

    def _wait_full(self, successor: Supervisor) -> None:
        """The old workers shall leave when there are as many new ones."""
        deadline = time.monotonic() + self._timeout
        while (
            successor.ready_workers < self._count
            and not self._stopped
            and time.monotonic() < deadline
        ):
            time.sleep(POLL)
