# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call of an offloaded function costs, beside the other process pools of Python."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.one_core import LEVEL, on_one_core
from benchmarks.orthanc_server import Server
from benchmarks.peer_process import PeerProcess, peer_process
from benchmarks.peers import PEERS
from benchmarks.question import Column, Figures, Question, Ratio, Target, Variant, at_least, at_most

MEBIBYTE = 1024 * 1024
SIZES = {"no data": (2000, 0), "1 MiB": (100, MEBIBYTE), "64 MiB": (3, 64 * MEBIBYTE)}
ROUND_TRIP = 1.5  # over that of the floor
COLUMNS = [Column("seconds", "us per call", 1e6)]

_PEERS = Path(__file__).resolve().parent.parent / "peers.py"
_MODULES = {"loky", "pebble", "mpire"}


def prepare(contestants: Contestants) -> Question:
    server = contestants.ours(SCRIPTS / "functions.py", probe="/about")
    floor = contestants.floor()
    missing = sorted(name for name in _MODULES if importlib.util.find_spec(name) is None)
    peers = {
        name: contestants.stack.enter_context(peer_process(_PEERS, name))
        for name in PEERS
        if name not in missing
    }
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    for level, (calls, size) in SIZES.items():
        mine = Variant("f(x), ours", level, _by_server(server, f"/calls?calls={calls}&size={size}"))
        variants.append(mine)
        if size == 0:
            least = Variant("floor: C++ and an echo loop", level, _by_server(floor, "/calls"))
            variants.append(least)
            alone, least_alone = (
                Variant(each.name, f"{level}, {LEVEL}", on_one_core(server, each.run))
                for each, server in ((mine, server), (least, floor))
            )
            variants += [alone, least_alone]
            label = "f(x), ours / floor, both without HTTP"
            ratios.append(Ratio(label, "seconds", alone, least_alone, at_most(ROUND_TRIP)))
            ratios.append(Ratio(label, "seconds", mine, least))
        for name, peer in peers.items():
            theirs = Variant(name, level, _by_peer(peer, calls, size))
            variants.append(theirs)
            ratios.append(Ratio(f"{name} / ours", "seconds", theirs, mine, _target(size)))
    notes = [f"Left out, as it is not installed: {name}" for name in missing]
    return Question(
        "functions",
        "one call of a function that is given bytes, from one thread, 2 workers",
        COLUMNS,
        variants,
        ratios,
        notes,
    )


def _target(size: int) -> Target:
    return at_least(1 if size else 3)


def _by_server(server: Server, path: str) -> Callable[[], Figures]:
    return lambda: {"seconds": float(json.loads(server.get(path))["seconds"])}


def _by_peer(peer: PeerProcess, calls: int, size: int) -> Callable[[], Figures]:
    return lambda: {"seconds": float(peer.ask(f"{calls} {size}"))}
