# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many workers, and how many requests may be with them at once.

A request that waits for a worker, or is served by one, holds an HTTP thread of Orthanc. Where
``RestTransport`` is ``Http``, the handler that runs needs one more as soon as it calls back: with
n requests admitted, ``n + min(n, workers) + MARGIN`` threads can be in use, and more than
``HttpThreadsCount`` would let handlers wait for threads that wait for the handlers. Otherwise the
channel serves it by the thread that waits for it anyway.

Several pools share the threads: each has those that its workers need, and what is left is divided
among the queues, so that no pool can take the threads of another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orthanc_runtime.errors import SettingsError

# Left for everything else that Orthanc serves over HTTP.
MARGIN = 2


@dataclass(frozen=True)
class Wanted:
    """``Count`` and ``MaximumQueued`` of a pool, None where they are not set; ``section`` is where
    they stand in the configuration."""

    section: str
    count: int | None
    maximum_queued: int | None


@dataclass(frozen=True)
class Capacity:
    """``count`` workers (0: inline); ``admitted`` requests running or waiting; log lines."""

    count: int
    admitted: int
    notes: tuple[str, ...] = ()


def plan_capacity(
    default: Wanted,
    named: Sequence[Wanted],
    http_threads: int,
    cores: int,
    only_http: bool = False,
) -> tuple[Capacity, ...]:
    """Fit the pools to the HTTP threads: the capacity of the default pool, then of the others.

    ``only_http`` is that RestTransport is Http. Raises SettingsError for a Count that the HTTP
    threads cannot serve.
    """
    each = 2 if only_http else 1
    free = http_threads - MARGIN
    others = sum(wanted.count or 1 for wanted in named)
    notes: list[str] = []
    count = default.count
    if count is None:
        count = min(cores, max(1, free // each - others))
        if count < cores:
            notes.append(
                f"{count} of {cores} usable cores get a worker, because HttpThreadsCount is "
                f"{http_threads}; HttpThreadsCount {each * (cores + others) + MARGIN} would lift "
                f"this{', as would RestTransport Auto' if only_http else ''}"
            )
    counts = [count, *(wanted.count or 1 for wanted in named)]
    computed = default.count is None and not named
    if not computed:
        _check_counts([default, *named], counts, http_threads, only_http)
    if count == 0:
        return tuple(Capacity(0, 0) for _ in counts)

    left = max(0, free - each * sum(counts))
    queues = _divide(left, [default, *named])
    capacities = []
    for wanted, workers, queued in zip([default, *named], counts, queues, strict=True):
        admitted = max(1, workers + queued)
        if free < each * sum(counts):  # a single worker, which a request must reach
            admitted = max(1, free // each)
        if not only_http and wanted.maximum_queued is not None:
            admitted = workers + wanted.maximum_queued
        elif wanted.maximum_queued is not None and wanted.maximum_queued > queued:
            notes.append(
                f"{wanted.section}.MaximumQueued is {wanted.maximum_queued}; {queued} is in "
                f"force, because HttpThreadsCount is {http_threads} and RestTransport is Http"
            )
        capacities.append(Capacity(workers, admitted, tuple(notes)))
        notes = []
    return tuple(capacities)


def admitted_sharing(admitted: int, count: int, concurrency: int) -> int:
    """Where RestTransport is Http: how many requests may be admitted if each of ``count`` workers
    runs ``concurrency`` at once, with the HTTP threads that ``admitted`` and ``count`` need."""
    threads = admitted + min(admitted, count)
    return max(1, threads - count * concurrency, threads // 2) if concurrency > 1 else admitted


def _check_counts(
    pools: Sequence[Wanted], counts: Sequence[int], http_threads: int, only_http: bool
) -> None:
    """Each worker needs its threads; the last pool that does not fit is named."""
    each = 2 if only_http else 1
    fitting = max(0, http_threads - MARGIN) // each
    if len(counts) == 1 and not only_http:
        fitting = max(1, fitting)
    if sum(counts) <= fitting:
        return
    index = max(range(len(counts)), key=lambda n: (pools[n].count is not None, n))
    reason = (
        "a handler that calls back holds two HTTP threads"
        if only_http
        else "a request holds an HTTP thread"
    )
    rest = sum(counts) - counts[index]
    beside = f" and the other pools have {rest} workers" if rest else ""
    raise SettingsError(
        f"{pools[index].section}.Count is {counts[index]}; allowed: at most "
        f"{max(0, fitting - rest)} while HttpThreadsCount is {http_threads}{beside}, because "
        f"{reason}. Set HttpThreadsCount to {each * sum(counts) + MARGIN} or more, or lower Count"
    )


def _divide(threads: int, pools: Sequence[Wanted]) -> list[int]:
    """How many requests of each pool may wait: as MaximumQueued says, the rest evenly."""
    queues = [0] * len(pools)
    for index, wanted in enumerate(pools):
        if wanted.maximum_queued is not None:
            queues[index] = min(threads, wanted.maximum_queued)
            threads -= queues[index]
    open_ended = [index for index, wanted in enumerate(pools) if wanted.maximum_queued is None]
    for place, index in enumerate(open_ended):
        share = threads // (len(open_ended) - place)
        queues[index] = share
        threads -= share
    return queues
