# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a no-op waits while the master does not give the GIL away for a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from benchmarks.contestants import Contestants
from benchmarks.http_figures import latency_figures
from benchmarks.orthanc_server import Server
from benchmarks.paced_figures import Paced
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_most

INTERVAL = 0.03
HELD_SECONDS = 1.0
ASKED_SECONDS = 0.9
DELAY = 0.15  # until the thread holds it
TIMES = 3  # in a round

COLUMNS = [
    Column("answers", "answers"),
    Column("p50", "p50 ms", 1000),
    Column("p99", "p99 ms", 1000),
    Column("max", "max ms", 1000),
]


def prepare(contestants: Contestants) -> Question:
    ours, reference = contestants.ours(), contestants.reference()
    mine = Variant("offloaded, ours", "GIL held", while_held(ours), {"p50": at_most(20)})
    undisturbed = Paced(ours.port, "/noop", INTERVAL, ASKED_SECONDS)
    quiet = Variant("offloaded, ours", "quiet", undisturbed)
    variants, ratios = [mine], [Ratio("offloaded, ours / the same, quiet", "p50", mine, quiet)]
    if reference is not None:
        theirs = Variant("Pool.apply, reference", "GIL held", while_held(reference))
        variants.append(theirs)
        ratios.append(Ratio("Pool.apply, reference / offloaded, ours", "p50", theirs, mine))
    variants.append(quiet)
    return Question(
        "gil_held",
        f"latency of a no-op while C code in the master holds the GIL for {HELD_SECONDS:g} s",
        COLUMNS,
        variants,
        ratios,
        [f"Asked every {INTERVAL * 1000:g} ms, whether or not the former request has its answer."],
    )


def while_held(server: Server) -> Callable[[], Figures]:
    paced = Paced(server.port, "/noop", INTERVAL, ASKED_SECONDS)

    def run() -> Figures:
        latencies = []
        for _ in range(TIMES):
            server.get(f"/hold?seconds={HELD_SECONDS}")
            time.sleep(DELAY)
            latencies += paced.latencies()
            server.get("/calm")
        return latency_figures(latencies)

    return run
