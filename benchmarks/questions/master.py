# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler that stays in the master costs, beside the same one in the reference."""

from __future__ import annotations

from benchmarks.contestants import Contestants
from benchmarks.question import Question, Ratio, Variant, at_least
from benchmarks.questions.noop import CLIENTS, COLUMNS, CPU
from benchmarks.wrk import WrkLoad

SECONDS = 2
TARGETS = {1: 0.95, 8: 1.2, 32: 1.2}


def prepare(contestants: Contestants) -> Question:
    ours, reference = contestants.ours(), contestants.reference()
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for clients in CLIENTS:
        level = f"{clients} client{'s' * (clients > 1)}"
        load = WrkLoad(ours.url("/noop-master"), clients, SECONDS, ours.process.pid)
        mine = Variant("in the master, ours", level, load)
        variants.append(mine)
        if reference is not None:
            load = WrkLoad(reference.url("/noop-master"), clients, SECONDS, reference.process.pid)
            theirs = Variant("in the master, reference", level, load)
            variants.append(theirs)
            label = "in the master, ours / reference"
            ratios.append(Ratio(label, "throughput", mine, theirs, at_least(TARGETS[clients])))
    return Question(
        "master",
        "requests per second of a no-op handler in the master, by wrk",
        [*COLUMNS, CPU],
        variants,
        ratios,
    )
