# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many workers, and how many requests may be with them at once.

A request that waits for a worker, or is served by one, holds an HTTP thread of Orthanc. Where
``RestTransport`` is ``Http``, the handler that runs needs one more as soon as it calls back: with
n requests admitted, ``n + min(n, workers) + MARGIN`` threads can be in use, and more than
``HttpThreadsCount`` would let handlers wait for threads that wait for the handlers. Otherwise the
channel serves it by the thread that waits for it anyway.
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
    count: int | None,
    maximum_queued: int | None,
    http_threads: int,
    cores: int,
    only_http: bool = False,
) -> Capacity:
    """Fit ``Count`` and ``MaximumQueued`` (None: not set) to the HTTP threads.

    ``only_http`` is that RestTransport is Http. Raises SettingsError for a Count that the HTTP
    threads cannot serve.
    """
    notes = []
    needed = 2 if only_http else 1
    fitting = (http_threads - MARGIN) // needed
    possible = max(1, fitting)
    remedy = "" if not only_http else ", as would RestTransport Auto"
    if count is None:
        count = min(cores, possible)
        if count < cores:
            notes.append(
                f"{count} of {cores} usable cores get a worker, because HttpThreadsCount is "
                f"{http_threads}; HttpThreadsCount {needed * cores + MARGIN} would lift this"
                f"{remedy}"
            )
    elif count > (max(0, fitting) if only_http else possible):
        reason = (
            "a handler that calls back holds two HTTP threads"
            if only_http
            else "a request holds an HTTP thread"
        )
        raise SettingsError(
            f"Python.Workers.Count is {count}; allowed: at most "
            f"{max(0, fitting) if only_http else possible} while HttpThreadsCount "
            f"is {http_threads}, because {reason}. Set HttpThreadsCount to "
            f"{needed * count + MARGIN} or more, or lower Count"
        )
    if count == 0:
        return Capacity(0, 0)
    if not only_http:
        admitted = max(1, http_threads - MARGIN)
        if maximum_queued is not None:
            admitted = count + maximum_queued
        return Capacity(count, admitted, tuple(notes))

    bound = _admission_bound(count, http_threads)
    admitted = bound
    if maximum_queued is not None:
        admitted = min(bound, count + maximum_queued)
        if count + maximum_queued > bound:
            notes.append(
                f"Python.Workers.MaximumQueued is {maximum_queued}; {max(0, bound - count)} is in "
                f"force, because HttpThreadsCount is {http_threads} and RestTransport is Http"
            )
    return Capacity(count, admitted, tuple(notes))


def _admission_bound(count: int, http_threads: int) -> int:
    """The largest n with ``n + min(n, count) + MARGIN <= http_threads``, at least 1."""
    free = http_threads - MARGIN
    return max(1, free - count if free >= 2 * count else free // 2)
