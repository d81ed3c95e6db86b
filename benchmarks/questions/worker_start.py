# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon a dead worker has a successor that serves, and what one more worker takes of memory."""

from __future__ import annotations

import os
import signal
import statistics
import time
from collections.abc import Callable

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.memory import proportional_bytes
from benchmarks.orthanc_server import Server
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_most

SCRIPT = SCRIPTS / "imports_ours.py"
MODULES = ["numpy", "pydicom", "requests"]
TIMES = 5
MANY = 4  # workers, against one, for the memory
COLUMNS = [
    Column("seconds", "start ms", 1000),
    Column("memory", "MiB per worker", 1 / (1 << 20)),
]


def prepare(contestants: Contestants) -> Question:
    fork = Variant("fork server", "", starts(contestants, "ForkServer"), {"seconds": at_most(15)})
    spawn = Variant("spawn", "", starts(contestants, "Spawn"))
    label = "fork server / spawn"
    return Question(
        "worker_start",
        f"from SIGKILL of the only worker to the next answer; {', '.join(MODULES)}",
        COLUMNS,
        [fork, spawn],
        [
            Ratio(f"{label}, start", "seconds", fork, spawn),
            Ratio(f"{label}, memory", "memory", fork, spawn, at_most(0.5)),
        ],
        [
            f"start: median of {TIMES} kills, each with a request on its way at once; memory: what "
            f"{MANY} workers take more than one, per worker, as PSS of all processes."
        ],
    )


def starts(contestants: Contestants, method: str) -> Callable[[], Figures]:
    settings = {"StartMethod": method, "Preload": MODULES}
    one = contestants.ours(SCRIPT, {**settings, "Count": 1}, "/pid")
    many = contestants.ours(SCRIPT, {**settings, "Count": MANY}, "/pid")

    def run() -> Figures:
        seconds = statistics.median(_replacement(one) for _ in range(TIMES))
        more = proportional_bytes(many.process.pid) - proportional_bytes(one.process.pid)
        return {"seconds": seconds, "memory": more / (MANY - 1)}

    return run


def _replacement(server: Server) -> float:
    """Its successor is there when a request that waits for it has its answer."""
    worker = int(server.get("/pid"))
    begin = time.perf_counter()
    os.kill(worker, signal.SIGKILL)
    successor = int(server.get("/pid"))
    seconds = time.perf_counter() - begin
    assert successor != worker
    return seconds
