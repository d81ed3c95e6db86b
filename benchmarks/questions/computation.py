# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether concurrent computations use all cores, and what one core makes of them."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.contestants import WORKERS, Contestants
from benchmarks.http_figures import Batch
from benchmarks.question import Column, Question, Ratio, Variant, about, at_most

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "computation" / "computation.py"
SECONDS = 1.0  # of one call
CALLS = (1, 2, 3)
CALIBRATION = 1_000_000

_TARGETS = {
    "/computation": {2: at_most(1.15), 3: about(2)},
    "/computation-master": {2: about(2), 3: about(3)},
}


def prepare(contestants: Contestants) -> Question:
    probe = f"/computation?n={CALIBRATION}"
    server = contestants.ours(SAMPLE, {"Preload": ["numpy", "pydicom"]}, probe)
    second = min(json.loads(server.get(probe))["seconds"] for _ in range(3)) / SECONDS
    terms = round(CALIBRATION / second)
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for name, route in (
        (f"offloaded, {WORKERS} workers", "/computation"),
        ("in the master", "/computation-master"),
    ):
        single = None
        for calls in CALLS:
            level = f"{calls} call{'s' * (calls > 1)}"
            variant = Variant(name, level, Batch(server.url(f"{route}?n={terms}"), calls))
            variants.append(variant)
            if single is None:
                single = variant
                continue
            target = _TARGETS[route][calls]
            ratios.append(Ratio(f"{name}, over one call", "seconds", variant, single, target))
    return Question(
        "computation",
        f"time until n concurrent calls of {SECONDS:g} s have answered",
        [Column("seconds", "seconds")],
        variants,
        ratios,
        [f"{terms} terms per call, {WORKERS} workers; the targets are those of 2 cores."],
    )
