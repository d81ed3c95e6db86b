# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the way to a worker costs for bodies of 64 MiB; the reference sends them nowhere."""

from __future__ import annotations

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.orthanc_server import Server
from benchmarks.question import Column, Question, Ratio, Target, Variant, at_most
from benchmarks.transfers import Transfer

MIB = 1 << 20
SIZE = 64 * MIB  # as in the scripts
TIMES = 5
COLUMNS = [Column("seconds", "ms", 1000), Column("rate", "MiB/s", 1 / MIB)]
TARGETS = {"answer": at_most(2), "upload": at_most(1.25)}


def prepare(contestants: Contestants) -> Question:
    ours = contestants.ours(SCRIPTS / "large_ours.py")
    reference = contestants.reference(SCRIPTS / "large_reference.py")
    variants: list[Variant] = []
    ratios: list[Ratio] = []
    body = b"\x5a" * SIZE  # zeros would come from one page, and stay in the cache
    for kind in TARGETS:
        mine = Variant("offloaded, ours", kind, transfer(ours, kind, body))
        inside = Variant("in the master, ours", kind, transfer(ours, kind, body, "-master"))
        variants += [mine, inside]
        if reference is not None:
            theirs = Variant("in the master, reference", kind, transfer(reference, kind, body))
            variants.append(theirs)
            ratios += _against(theirs, (mine, TARGETS[kind]), (inside, at_most(1.05)))
    return Question(
        "large",
        f"time of one answer and of one upload of {SIZE // MIB} MiB",
        COLUMNS,
        variants,
        ratios,
        [f"Medians of {TIMES} requests, one after the other."],
    )


def transfer(server: Server, kind: str, body: bytes, where: str = "") -> Transfer:
    if kind == "answer":
        return Transfer(server.port, f"/answer{where}", TIMES, expected=SIZE)
    return Transfer(server.port, f"/upload{where}", TIMES, sent=body)


def _against(theirs: Variant, *measured: tuple[Variant, Target]) -> list[Ratio]:
    return [
        Ratio(f"{mine.name} / reference", "seconds", mine, theirs, target)
        for mine, target in measured
    ]
