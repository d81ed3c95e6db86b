# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an offloaded request costs, when the handler itself costs nothing."""

from __future__ import annotations

from benchmarks.contestants import Contestants
from benchmarks.orthanc_server import Server
from benchmarks.question import Column, Question, Ratio, Variant, at_least, at_most
from benchmarks.wrk import WrkLoad

CLIENTS = (1, 8, 32)
SECONDS = 1
COLUMNS = [
    Column("throughput", "requests/s"),
    Column("p50", "p50 ms", 1000),
    Column("p99", "p99 ms", 1000),
]

POOL = 4
MASTER = {1: 0.9, 8: 1.4, 32: 1.3}

CPU = Column("cpu", "cpu us", 1e6)


def prepare(contestants: Contestants) -> Question:
    ours, reference = contestants.ours(), contestants.reference()
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for clients in CLIENTS:
        level = f"{clients} client{'s' * (clients > 1)}"
        mine = Variant("offloaded, ours", level, measure(ours, clients))
        variants.append(mine)
        if reference is not None:
            theirs = Variant("Pool.apply, reference", level, measure(reference, clients))
            variants.append(theirs)
            master = Variant(
                "in the master, reference", level, measure(reference, clients, "/noop-master")
            )
            variants.append(master)
            label = "offloaded, ours / Pool.apply, reference"
            ratios.append(Ratio(label, "throughput", mine, theirs, at_least(POOL)))
            label = "offloaded, ours / in the master, reference"
            ratios.append(Ratio(label, "throughput", mine, master, at_least(MASTER[clients])))
            if clients == 1:
                ratios.append(Ratio(f"{label}, p50", "p50", mine, master, at_most(1.2)))
    return Question(
        "noop", "requests per second of a no-op handler, by wrk", [*COLUMNS, CPU], variants, ratios
    )


def measure(server: Server, clients: int, route: str = "/noop") -> WrkLoad:
    return WrkLoad(server.url(route), clients, SECONDS, server.process.pid)
