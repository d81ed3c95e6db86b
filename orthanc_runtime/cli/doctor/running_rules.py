# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about what a running Orthanc says of its workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orthanc_runtime.cli.doctor.facts import Facts
from orthanc_runtime.findings import Finding, Level

# Outcomes of tasks that an operator can do something about.
OUTCOMES = {
    "died": (
        "their worker ended before they answered",
        "the last failures in `orthanc-runtime status` say how; E-lines of the log say more",
    ),
    "timeout": (
        "they met their deadline, and their worker was killed",
        "the log has their stacks; raise @offload(timeout=) where they may take that long",
    ),
    "saturated": (
        "no worker became free in time, or too many waited",
        "raise Count while there are cores, else have clients ask again after Retry-After",
    ),
    "quarantined": (
        "their handler has crashed one worker after the other",
        "the log has the stacks of the crashes",
    ),
}


def pools_serve(facts: Facts) -> Iterator[Finding]:
    for pool in _pools(facts):
        name = pool["Name"]
        if pool.get("Broken"):
            yield Finding(
                Level.ERROR,
                f"the pool {name} is broken: {' '.join(str(pool['Broken']).split())}",
                "each of its requests is answered with 503",
                "the log has the traceback; `orthanc-runtime check SCRIPT` finds most reasons",
            )
        for outcome, (why, remedy) in OUTCOMES.items():
            count = pool["Tasks"].get(outcome, 0)
            if count:
                tasks = f"{count} task{'s' * (count != 1)}"
                yield Finding(Level.WARNING, f"{tasks} of the pool {name}: {outcome}", why, remedy)


def queue_moves(facts: Facts) -> Iterator[Finding]:
    """Who is last in a full queue must be served before QueueTimeout."""
    configured = facts.configured
    if configured is None or configured.settings is None:
        return
    settings = {pool.name: pool for pool in configured.settings.pools}
    for pool in _pools(facts):
        durations, own = pool["Durations"], settings.get(pool["Name"])
        if own is None or not durations["Count"] or not pool["Count"]:
            continue
        mean = durations["TotalSeconds"] / durations["Count"]
        waiting = own.capacity.admitted - own.capacity.count
        last = waiting * mean / pool["Count"]
        if last > own.workers.queue_timeout:
            fitting = int(own.workers.queue_timeout * pool["Count"] / mean)
            yield Finding(
                Level.WARNING,
                f"{waiting} requests may wait, the last of them {last:.0f} s",
                f"a task takes {mean:.2g} s, {pool['Count']} run at once, and QueueTimeout is "
                f"{own.workers.queue_timeout:g} s: those at the end wait in vain",
                f"set MaximumQueued to {fitting}, so that they are refused at once",
                "Python.Workers.MaximumQueued",
            )


def slow_handlers_are_offloaded(facts: Facts) -> Iterator[Finding]:
    status = {} if facts.running is None else facts.running.status or {}
    for handler in status.get("SlowHandlers", ()):
        yield Finding(
            Level.WARNING,
            f"{handler['Route']} took {handler['LongestSeconds']:.1f} s of processor time in "
            f"Orthanc itself, and was that slow {handler['Count']} times",
            "all other handlers in Orthanc wait for it",
            f'put @offload over it, or "OffloadRoutes": ["{handler["Route"]}"] into Python.Workers',
            "Python.Workers.OffloadRoutes",
        )


def _pools(facts: Facts) -> list[Mapping[str, Any]]:
    status = None if facts.running is None else facts.running.status
    return [] if status is None else list(status["Pools"])
