# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What more workers, more routes and more clients make of the rate of an offloaded no-op."""

from __future__ import annotations

from benchmarks.contestants import SCRIPTS, WORKERS, Contestants
from benchmarks.orthanc_server import Server
from benchmarks.question import Question, Ratio, Variant, at_least
from benchmarks.questions.noop import COLUMNS, CPU, measure

COUNTS = (1, 2, 4)
ROUTES = (1, 100, 1000)
CLIENTS = (1, 8, 32, 128)
CORE = {"HttpThreadsCount": 160}  # Orthanc gives each connection a thread of its own
CLIENTS_OF_WORKERS = 32
CLIENTS_OF_ROUTES = 8


def prepare(contestants: Contestants) -> Question:
    usual = _ours(contestants)
    by_workers = [
        Variant(
            f"by workers, {CLIENTS_OF_WORKERS} clients",
            _level(count, "worker"),
            measure(usual if count == WORKERS else _ours(contestants, count), CLIENTS_OF_WORKERS),
        )
        for count in COUNTS
    ]
    in_flight = [
        Variant("by clients", _level(clients, "client"), measure(usual, clients))
        for clients in CLIENTS
    ]
    by_routes: list[Variant] = []
    ratios: list[Ratio] = []
    for routes in ROUTES:
        ours = usual if routes == 1 else _ours(contestants, routes=routes)
        floor = contestants.floor(routes, CORE)
        mine, least = (
            Variant(name, _level(routes, "route"), measure(server, CLIENTS_OF_ROUTES))
            for name, server in (("by routes, ours", ours), ("by routes, floor", floor))
        )
        by_routes += [mine, least]
        ratios.append(Ratio("ours / floor", "throughput", mine, least, at_least(0.85)))
    return Question(
        "growth",
        "requests per second of an offloaded no-op against workers, clients and routes",
        [*COLUMNS, CPU],
        [*by_workers, *in_flight, *by_routes],
        ratios,
        [
            f"By clients and by routes: {WORKERS} workers; by routes: {CLIENTS_OF_ROUTES} clients.",
            "The core looks for a route in the order of registration; the last one is asked. "
            "What we add to that must not grow: the ratio stays.",
        ],
    )


def _ours(contestants: Contestants, count: int = WORKERS, routes: int = 1) -> Server:
    script = SCRIPTS / "many_routes.py"
    return contestants.ours(script, {"Count": count}, core=CORE, routes=routes)


def _level(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number > 1)}"
