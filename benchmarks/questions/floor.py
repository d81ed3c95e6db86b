# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much more an offloaded request costs than the least that it can cost."""

from __future__ import annotations

from benchmarks.contestants import Contestants
from benchmarks.question import Question, Ratio, Variant, at_least
from benchmarks.questions.noop import CLIENTS, COLUMNS, CPU, measure


def prepare(contestants: Contestants) -> Question:
    ours, floor = contestants.ours(), contestants.floor()
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for clients in CLIENTS:
        level = f"{clients} client{'s' * (clients > 1)}"
        mine = Variant("offloaded, ours", level, measure(ours, clients))
        least = Variant("floor: C++ and an echo loop", level, measure(floor, clients))
        variants += [mine, least]
        label = "offloaded, ours / floor"
        ratios.append(Ratio(label, "throughput", mine, least, at_least(0.85)))
    return Question(
        "floor",
        "requests per second of a no-op handler beside the floor of this design, by wrk",
        [*COLUMNS, CPU],
        variants,
        ratios,
    )
