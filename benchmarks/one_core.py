# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server and its workers on one core: what the work costs, without the way to a sleeping core.

Where the second of two processes that wait for each other runs is up to the system. It keeps them
on one core or on two for seconds, by chance, and each message to a core that sleeps takes as long
as the work between some of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.orthanc_server import Server
from benchmarks.processes import family
from benchmarks.question import Figures

LEVEL = "one core"


def on_one_core(server: Server, run: Callable[[], Figures]) -> Callable[[], Figures]:
    def confined() -> Figures:
        with _confined(server.process.pid):
            return run()

    return confined


@contextmanager
def _confined(pid: int) -> Iterator[None]:
    cores = os.sched_getaffinity(pid)
    _run_on(pid, {max(cores)})
    try:
        yield
    finally:
        _run_on(pid, cores)


def _run_on(pid: int, cores: set[int]) -> None:
    for member in family(pid):
        for task in Path(f"/proc/{member}/task").iterdir():
            with suppress(ProcessLookupError):  # the thread ended meanwhile
                os.sched_setaffinity(int(task.name), cores)
