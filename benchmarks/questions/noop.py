# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an offloaded request costs, when the handler itself costs nothing."""

from __future__ import annotations

from benchmarks.contestants import Contestants
from benchmarks.http_figures import Load
from benchmarks.orthanc_server import Server
from benchmarks.question import Column, Question, Ratio, Target, Variant, at_least

CLIENTS = (1, 8, 32)
SECONDS = 0.7
COLUMNS = [
    Column("throughput", "requests/s"),
    Column("p50", "p50 ms", 1000),
    Column("p99", "p99 ms", 1000),
]

CPU = Column("cpu", "cpu us", 1e6)

# Name of a row, route, name of the same row for the reference, target of the ratio.
_PAIRS: list[tuple[str, str, str, Target | None]] = [
    ("offloaded, ours", "/noop", "Pool.apply, reference", at_least(3)),
    ("in the master, ours", "/noop-master", "in the master, reference", None),
]


def prepare(contestants: Contestants) -> Question:
    ours, reference = contestants.ours(), contestants.reference()
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for name, route, other, target in _PAIRS:
        for clients in CLIENTS:
            level = f"{clients} client{'s' * (clients > 1)}"
            mine = Variant(name, level, measure(ours, route, clients))
            variants.append(mine)
            if reference is not None:
                theirs = Variant(other, level, measure(reference, route, clients))
                variants.append(theirs)
                ratios.append(Ratio(f"{name} / {other}", "throughput", mine, theirs, target))
    return Question(
        "noop", "requests per second of a no-op handler", [*COLUMNS, CPU], variants, ratios
    )


def measure(server: Server, route: str, clients: int) -> Load:
    return Load(server.url(route), clients, SECONDS, server.process.pid)
