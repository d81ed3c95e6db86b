# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What outlives a worker: when its successor starts, and when the pool gives up waiting.

No I/O here; the supervisor acts on the answers.
"""

from __future__ import annotations

import enum
import random
from dataclasses import dataclass

SHORTEST_BACK_OFF = 0.05
LONGEST_BACK_OFF = 5.0
FAILED_STARTS_ALLOWED = 3
# Workers that began together shall not all leave together.
TASKS_JITTER = 0.8


class Ending(enum.Enum):
    """Why a worker is gone, as far as its successor is concerned."""

    SERVED = "had served tasks, or was asked to leave"
    RECYCLED = "has served enough, and leaves once its successor serves"
    UNUSED = "ended by itself before its first task"
    NEVER_READY = "could not start"
    KILLED_FROM_OUTSIDE = "was killed by somebody else"
    OUT_OF_MEMORY = "was ended by the kernel soon after its start, for want of memory"


class Slot:
    """One place in the pool, with the back-off of the workers that come one after the other."""

    def __init__(self, index: int, jitter: random.Random | None = None) -> None:
        self.index = index
        self.workers_started = 0
        self.failures = 0
        self._killed_in_a_row = 0
        self._out_of_memory_in_a_row = 0
        self._jitter = jitter or random.Random()

    def worker_starts(self) -> None:
        self.workers_started += 1

    def tasks_until_recycled(self, maximum: int) -> int:
        """For the next worker; 0 is no limit, as in ``maximum``."""
        return min(maximum, max(1, round(maximum * self._jitter.uniform(TASKS_JITTER, 1.0))))

    def delay_after(self, ending: Ending) -> float:
        """Seconds until the successor may start."""
        if ending is Ending.KILLED_FROM_OUTSIDE:
            # Neither the script's fault nor a reason to wait; but whoever kills each worker at
            # once (out of memory) must not make us start them without a pause.
            self._killed_in_a_row += 1
            return 0.0 if self._killed_in_a_row == 1 else self._jittered(SHORTEST_BACK_OFF)
        self._killed_in_a_row = 0
        if ending is Ending.OUT_OF_MEMORY:
            # Where there is no room for all, each start may cost another worker its life.
            self._out_of_memory_in_a_row += 1
            return self._back_off(self._out_of_memory_in_a_row - 1)
        if ending in (Ending.SERVED, Ending.RECYCLED):
            self.failures = self._out_of_memory_in_a_row = 0
            return 0.0
        self.failures += 1
        return self._back_off(self.failures)

    def _back_off(self, times: int) -> float:
        """None at first, then longer and longer."""
        if times == 0:
            return 0.0
        return self._jittered(min(LONGEST_BACK_OFF, SHORTEST_BACK_OFF * 2 ** (times - 1)))

    def _jittered(self, seconds: float) -> float:
        """Between half and all of it, so that slots do not start in step."""
        return seconds * self._jitter.uniform(0.5, 1.0)


@dataclass
class PoolHealth:
    """Whether requests may still hope for a worker; each answer is true where that changes."""

    ready: int = 0
    failed_starts: int = 0
    broken: str | None = None
    no_more_starts: str | None = None

    def worker_ready(self) -> bool:
        """A worker said hello; this mends a broken pool."""
        self.ready += 1
        self.failed_starts = 0
        changed = self.broken is not None
        self.broken = None
        return changed

    def worker_gone(self) -> bool:
        """A worker that had been ready ended."""
        self.ready -= 1
        return self._break(self.no_more_starts)

    def start_failed(self, reason: str, final: bool = False) -> bool:
        """A worker ended without hello; ``final`` where no further start can succeed."""
        self.failed_starts += 1
        if final and self.no_more_starts is None:
            self.no_more_starts = reason
        if self.failed_starts >= FAILED_STARTS_ALLOWED:
            return self._break(reason)
        return self._break(self.no_more_starts)

    def _break(self, reason: str | None) -> bool:
        if reason is None or self.ready > 0 or self.broken is not None:
            return False
        self.broken = reason
        return True
