# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the processor is left for handlers that need it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.peer_process import PeerProcess, peer_process
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_least
from benchmarks.questions.noop import CPU
from benchmarks.wrk import WrkLoad
from orthanc_runtime.usable_cores import usable_cores

WORK = 0.02  # seconds of the processor per request
SECONDS = 3


def prepare(contestants: Contestants) -> Question:
    cores = usable_cores()
    start = contestants.stack.enter_context
    plain = [start(peer_process(SCRIPTS / "work.py")) for _ in range(cores)]
    terms = int(plain[0].ask(f"terms {WORK}"))
    server = contestants.ours(SCRIPTS / "burn.py", {"Count": cores}, "/about")
    # One more client than workers: the next request is there when one becomes free.
    load = WrkLoad(server.url(f"/burn?terms={terms}"), cores + 1, SECONDS, server.process.pid)
    mine = Variant("offloaded, ours", f"{cores} workers", load)
    least = Variant("processes that only do the work", f"{cores} of them", _at_once(plain, terms))
    ratio = Ratio("offloaded, ours / only the work", "throughput", mine, least, at_least(0.97))
    return Question(
        "cpu",
        f"requests per second that need {WORK * 1000:g} ms of the processor each, by wrk",
        [Column("throughput", "requests/s"), CPU],
        [mine, least],
        [ratio],
        [f"{terms} terms per request; the client runs on the same cores."],
    )


def _at_once(processes: list[PeerProcess], terms: int) -> Callable[[], Figures]:
    def run() -> Figures:
        with ThreadPoolExecutor(len(processes)) as pool:
            counts = list(
                pool.map(lambda each: int(each.ask(f"times {terms} {SECONDS}")), processes)
            )
        return {"throughput": sum(counts) / SECONDS}

    return run
