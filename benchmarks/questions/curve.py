# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How n concurrent calls share the workers, beside what is possible."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

from benchmarks.contestants import Contestants
from benchmarks.http_figures import Batch
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_most
from benchmarks.questions.computation import CALIBRATION, SAMPLE

SECONDS = 0.3  # of one call
CALLS = (1, 2, 3, 4, 8)
COUNTS = (1, 2)
IDEAL = 1.05  # times what as many calls one after the other would take in each worker


def prepare(contestants: Contestants) -> Question:
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    probe = f"/computation?n={CALIBRATION}"
    for count in COUNTS:
        settings = {"Count": count, "Preload": ["numpy", "pydicom"]}
        server = contestants.ours(SAMPLE, settings, probe)
        second = min(json.loads(server.get(probe))["seconds"] for _ in range(3)) / SECONDS
        url = server.url(f"/computation?n={round(CALIBRATION / second)}")
        name = f"{count} worker{'s' * (count > 1)}"
        single: Variant | None = None
        for calls in CALLS:
            rows = math.ceil(calls / count)
            level = f"{calls} call{'s' * (calls > 1)}"
            variant = Variant(name, level, _per_row(Batch(url, calls), rows))
            variants.append(variant)
            if single is None:
                single = variant
            else:
                label = f"{name}: time / {rows} times that of one call"
                ratios.append(Ratio(label, "row", variant, single, at_most(IDEAL)))
    return Question(
        "curve",
        f"time until n concurrent calls of {SECONDS:g} s have answered",
        [Column("seconds", "seconds"), Column("row", "s per row")],
        variants,
        ratios,
        ["A row is one call in each worker: n calls need n / workers rows, rounded up."],
    )


def _per_row(batch: Batch, rows: int) -> Callable[[], Figures]:
    def run() -> Figures:
        figures = batch()
        return {**figures, "row": figures["seconds"] / rows}

    return run
