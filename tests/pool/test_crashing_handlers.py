# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers that crash their workers: run again where that does no harm, and kept out where it
never ends."""

from __future__ import annotations

import os
import signal
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import testing_extension
from started_pool import Start, eventually

from orthanc_runtime.errors import HandlerQuarantined, WorkerDied

pytestmark = pytest.mark.pool

SCRIPT = textwrap.dedent("""
    import os, signal, time
    from pathlib import Path
    from orthanc_runtime import offload

    def count(folder):
        runs = Path(folder) / "runs"
        with runs.open("a") as file:
            file.write(f"{os.getpid()}\\n")
        return len(runs.read_text().split())

    @offload(idempotent=True)
    def crash_until(folder, run):
        if count(folder) < run:
            os.abort()
        return "survived"

    @offload(idempotent=True)
    def wait_for(folder, path):
        count(folder)
        while not Path(path).exists():
            time.sleep(0.01)
        return os.getpid()

    @offload
    def crash():
        os.abort()

    @offload
    def crash_if(crashes):
        if crashes:
            os.abort()
        return "survived"

    @offload
    def sleep(folder):
        count(folder)
        time.sleep(1000)

    @offload
    def pid():
        return os.getpid()
""")


def pool_log() -> list[str]:
    return [line.decode() for _, line in testing_extension.load().take_log()]


def runs(folder: Path) -> list[int]:
    path = folder / "runs"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_an_idempotent_task_runs_again(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT)
    assert pool.crash_until(tmp_path, 3) == "survived"
    assert len(set(runs(tmp_path))) == 3
    again = [line for line in pool_log() if "run again" in line]
    assert len(again) == 2
    assert "SIGABRT" in again[1]
    assert "2 of 2" in again[1]


def test_at_most_twice(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT)
    with pytest.raises(WorkerDied, match="SIGABRT"):
        pool.crash_until(tmp_path, 9)
    assert len(runs(tmp_path)) == 3


def test_also_where_somebody_else_kills_the_worker(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT)
    with ThreadPoolExecutor(1) as clients:
        answer = clients.submit(pool.wait_for, tmp_path, tmp_path / "go")
        victim = eventually(lambda: runs(tmp_path), pool.orthanc.text)[0]
        os.kill(victim, signal.SIGKILL)
        (tmp_path / "go").touch()
        assert answer.result(30) != victim


def test_a_handler_in_quarantine(start_script: Start) -> None:
    pool = start_script(SCRIPT, QuarantineAfter=2)
    for _ in range(2):
        with pytest.raises(WorkerDied):
            pool.crash()
    begins = "function:supervised:crash crashed 2 workers in a row: it is in quarantine for 10 s"
    assert any(begins in line for line in pool_log())
    pool.whole(1)
    served = pool.pid()
    with pytest.raises(HandlerQuarantined, match=r"quarantine for 10 s more.*SIGABRT"):
        pool.crash()
    assert pool.pid() == served


def test_what_does_not_lead_to_quarantine(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT, QuarantineAfter=2)
    for crashes in (True, False, True, False, True):
        if crashes:
            with pytest.raises(WorkerDied):
                pool.crash_if(True)
        else:
            assert pool.crash_if(False) == "survived"
    with ThreadPoolExecutor(1) as clients:
        for killed in range(3):
            task = clients.submit(pool.sleep, tmp_path)
            victim = eventually(lambda: runs(tmp_path)[killed:], pool.orthanc.text)[0]  # noqa: B023
            os.kill(victim, signal.SIGKILL)
            with pytest.raises(WorkerDied):
                task.result(30)
