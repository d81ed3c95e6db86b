# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How n concurrent calls share the workers, beside what is possible."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.http_figures import Batch
from benchmarks.peer_process import PeerProcess, peer_process
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_most
from benchmarks.questions.computation import CALIBRATION, SAMPLE

SECONDS = 0.3  # of one call
CALLS = (1, 2, 3, 4, 8)
COUNTS = (1, 2)
IDEAL = 1.05  # times what processes take that only compute


def prepare(contestants: Contestants) -> Question:
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    probe = f"/computation?n={CALIBRATION}"
    start = contestants.stack.enter_context
    plain = [start(peer_process(SCRIPTS / "work.py")) for _ in range(max(COUNTS))]
    for count in COUNTS:
        settings = {"Count": count, "Preload": ["numpy", "pydicom"]}
        server = contestants.ours(SAMPLE, settings, probe)
        second = min(json.loads(server.get(probe))["seconds"] for _ in range(3)) / SECONDS
        terms = round(CALIBRATION / second)
        url = server.url(f"/computation?n={terms}")
        workers = f"{count} worker{'s' * (count > 1)}"
        processes = f"{count} plain process{'es' * (count > 1)}"
        for calls in CALLS:
            level = f"{calls} call{'s' * (calls > 1)}"
            mine = Variant(workers, level, Batch(url, calls))
            least = Variant(processes, level, _at_once(plain[:count], terms, calls))
            variants += [mine, least]
            ratios.append(Ratio(f"{workers} / {processes}", "seconds", mine, least, at_most(IDEAL)))
    return Question(
        "curve",
        f"time until n concurrent calls of {SECONDS:g} s have answered",
        [Column("seconds", "seconds")],
        variants,
        ratios,
        ["The processes share the same computations as evenly as they can be shared."],
    )


def _at_once(processes: Sequence[PeerProcess], terms: int, calls: int) -> Callable[[], Figures]:
    shares = [calls // len(processes)] * len(processes)
    for index in range(calls % len(processes)):
        shares[index] += 1

    def run() -> Figures:
        with ThreadPoolExecutor(len(processes)) as pool:
            begin = time.perf_counter()
            for _ in pool.map(
                lambda process, times: process.ask(f"computations {terms} {times}"),
                processes,
                shares,
            ):
                pass
            return {"seconds": time.perf_counter() - begin}

    return run
