# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers that have served enough: their successors come first, and no request notices."""

from __future__ import annotations

import os
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from started_pool import Start, StartedPool, eventually

pytestmark = pytest.mark.pool

SCRIPT = textwrap.dedent("""
    import os
    from pathlib import Path
    from orthanc_runtime import in_worker, offload

    if in_worker and (Path(__file__).parent / "broken").exists():
        raise RuntimeError("the script is broken now")

    kept = []

    @offload
    def pid():
        return os.getpid()

    @offload
    def keep(megabytes):
        kept.append(b"x" * (megabytes << 20))
        return os.getpid()

    @offload
    def niceness():
        return os.nice(0), int(Path("/proc/self/oom_score_adj").read_text())
""")


def another(pool: StartedPool, first: int) -> int:
    """The worker after the first one."""
    found: int = eventually(lambda: next(iter({pool.pid()} - {first}), None), pool.orthanc.text)
    return found


def test_a_worker_leaves_after_maximum_tasks(start_script: Start) -> None:
    pool = start_script(SCRIPT, MaximumTasks=10)
    first = pool.pid()
    assert {pool.pid() for _ in range(6)} == {first}  # 8 at least
    successor = another(pool, first)
    line = pool.log_has("I", f"pid {successor}", f"pid {first}", "leaves", "(MaximumTasks)")
    assert "it has served " in line
    pool.log_has("I", f"pid {first}", "exited with code 0")


def test_a_worker_leaves_that_has_grown(start_script: Start) -> None:
    pool = start_script(SCRIPT, MaximumMemory=300)
    first = pool.keep(100)
    assert pool.keep(1) == first
    pool.keep(250)
    successor = another(pool, first)
    pool.log_has("I", f"pid {successor}", f"pid {first}", "(MaximumMemory 300)")


def test_what_is_preloaded_is_not_the_worker_s(start_script: Start, tmp_path: Path) -> None:
    """It would be replaced after each task."""
    (tmp_path / "large.py").write_text("DATA = b'x' * (200 << 20)")
    pool = start_script(SCRIPT, MaximumMemory=100, Preload="large")
    first = pool.pid()
    assert {pool.keep(1) for _ in range(5)} == {first}
    pool.keep(150)
    another(pool, first)
    pool.log_has("I", f"pid {first}", "MB of its own (MaximumMemory 100)")


def test_no_request_is_lost_to_recycling(start_script: Start) -> None:
    pool = start_script(SCRIPT, count=2, MaximumTasks=5)
    pids: set[int] = set()

    def six_workers_served() -> bool:
        pids.update(clients.map(lambda _: pool.pid(), range(100)))
        return len(pids) >= 6

    with ThreadPoolExecutor(8) as clients:
        eventually(six_workers_served, pool.orthanc.text)
    assert pool.counters["died"] == 0
    pool.whole(2)


def test_a_worker_stays_while_no_successor_can_start(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT, MaximumTasks=3)
    first = pool.pid()
    (tmp_path / "broken").touch()
    for _ in range(5):
        assert pool.pid() == first
    pool.log_has("E", "the script is broken now")
    assert pool.pid() == first
    (tmp_path / "broken").unlink()
    another(pool, first)


def test_workers_give_way_to_orthanc(start_script: Start) -> None:
    pool = start_script(SCRIPT, Nice=5)
    ours = int(Path("/proc/self/oom_score_adj").read_text())
    assert pool.niceness() == (min(19, os.nice(0) + 5), min(1000, ours + 500))
