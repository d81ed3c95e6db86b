# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same no-op while a thread of the master interpreter runs Python without a pause."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.contestants import Contestants
from benchmarks.http_figures import Load
from benchmarks.orthanc_server import Server
from benchmarks.question import Figures, Question, Ratio, Variant, at_least
from benchmarks.questions.noop import CLIENTS, COLUMNS

SECONDS = 1.0
MEDIAN = 8  # aimed at over all numbers of clients


def prepare(contestants: Contestants) -> Question:
    ours, reference = contestants.ours(), contestants.reference()
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for clients in CLIENTS:
        level = f"{clients} client{'s' * (clients > 1)}"
        mine = Variant("offloaded, ours", level, while_busy(ours, clients))
        variants.append(mine)
        if reference is not None:
            theirs = Variant("Pool.apply, reference", level, while_busy(reference, clients))
            variants.append(theirs)
            label = "offloaded, ours / Pool.apply, reference"
            ratios.append(Ratio(label, "throughput", mine, theirs, at_least(5)))
    return Question(
        "busy_master",
        "the same while one thread of the master spins in pure Python",
        COLUMNS,
        variants,
        ratios,
        [f"The middle one of the {len(CLIENTS)} ratios is to be at least {MEDIAN}."],
    )


def while_busy(server: Server, clients: int) -> Callable[[], Figures]:
    """The thread runs only while this is measured: the servers share the cores."""
    load = Load(server.url("/noop"), clients, SECONDS)

    def run() -> Figures:
        server.get("/spin")
        try:
            return load()
        finally:
            server.get("/calm")

    return run
