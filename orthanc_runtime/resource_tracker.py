# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resource tracker of ``multiprocess``, a process that ends with those who use it."""

from __future__ import annotations

import os
import threading

import multiprocess.resource_tracker  # type: ignore[import-untyped]

from orthanc_runtime.children import reap


class _Tracker:
    """The resource tracker, of which ``multiprocess`` has one for all pools and generations: it
    ends with the last starter that may use it, unless it was there before the first one."""

    def __init__(self) -> None:
        self._real = multiprocess.resource_tracker._resource_tracker
        self._lock = threading.Lock()
        self._starters = 0
        self._is_ours = False

    def enter(self) -> None:
        with self._lock:
            if self._starters == 0:
                self._is_ours = self._real._pid is None
            self._starters += 1

    def leave(self, deadline: float) -> list[str]:
        """As :meth:`ProcessStarter.stop`."""
        with self._lock:
            self._starters -= 1
            if self._starters > 0 or not self._is_ours:
                return []
            with self._real._lock:
                pid, alive = self._real._pid, self._real._fd
                self._real._pid = self._real._fd = None
        if pid is None:
            return []
        os.close(alive)
        return reap("resource tracker", pid, deadline)


TRACKER = _Tracker()
