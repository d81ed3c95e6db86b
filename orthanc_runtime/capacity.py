# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many workers, and how many requests may be with them at once.

A request that waits for a worker, or is served by one, holds an HTTP thread of Orthanc; the
handler that runs needs one more as soon as it calls back. With n requests admitted,
``n + min(n, workers) + MARGIN`` threads can be in use. More than ``HttpThreadsCount`` would let
handlers wait for threads that wait for the handlers.
"""

from __future__ import annotations

from dataclasses import dataclass

from orthanc_runtime.errors import SettingsError

# Left for everything else that Orthanc serves over HTTP.
MARGIN = 2


@dataclass(frozen=True)
class Capacity:
    """``count`` workers (0: inline); ``admitted`` requests running or waiting; log lines."""

    count: int
    admitted: int
    notes: tuple[str, ...] = ()


def plan_capacity(
    count: int | None, maximum_queued: int | None, http_threads: int, cores: int
) -> Capacity:
    """Fit ``Count`` and ``MaximumQueued`` (None: not set) to the HTTP threads.

    Raises SettingsError for a Count that the HTTP threads cannot serve.
    """
    notes = []
    if count is None:
        possible = max(1, (http_threads - MARGIN) // 2)
        count = min(cores, possible)
        if count < cores:
            notes.append(
                f"{count} of {cores} usable cores get a worker, because HttpThreadsCount is "
                f"{http_threads}; HttpThreadsCount {_threads_for(cores)} would lift this"
            )
    elif _threads_for(count) > http_threads and count > 0:
        raise SettingsError(
            f"Python.Workers.Count is {count}; allowed: at most "
            f"{max(0, (http_threads - MARGIN) // 2)} while HttpThreadsCount is {http_threads}, "
            f"because a handler that calls back holds two HTTP threads. Set HttpThreadsCount to "
            f"{_threads_for(count)} or more, or lower Count"
        )
    if count == 0:
        return Capacity(0, 0)

    bound = _admission_bound(count, http_threads)
    admitted = bound
    if maximum_queued is not None:
        admitted = min(bound, count + maximum_queued)
        if count + maximum_queued > bound:
            notes.append(
                f"Python.Workers.MaximumQueued is {maximum_queued}; {max(0, bound - count)} is in "
                f"force, because HttpThreadsCount is {http_threads}"
            )
    return Capacity(count, admitted, tuple(notes))


def _threads_for(count: int) -> int:
    return 2 * count + MARGIN


def _admission_bound(count: int, http_threads: int) -> int:
    """The largest n with ``n + min(n, count) + MARGIN <= http_threads``, at least 1."""
    free = http_threads - MARGIN
    return max(1, free - count if free >= 2 * count else free // 2)
