# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that nobody waits for, and functions that travel with their arguments."""

from __future__ import annotations

import gc
import os
import textwrap
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import pytest
from started_pool import Start, StartedPool, eventually

from orthanc_runtime.errors import NotTransferable, OffloadError, PoolSaturated, PoolStopping

pytestmark = pytest.mark.pool

SCRIPT = textwrap.dedent("""
    import os, time
    from pathlib import Path
    from orthanc_runtime import in_worker, offload

    FACTOR = 3

    @offload
    def pid():
        return os.getpid()

    @offload
    def wait_for(path, value=None):
        Path(path).with_suffix(".begun").touch()
        while not Path(path).exists():
            time.sleep(0.01)
        return value

    @offload
    def fail():
        raise LookupError("gone")

    @offload
    def submits():
        future = pid.submit()
        return future.done() and future.result() == os.getpid()

    def helper(value):
        return value * FACTOR

    def closure(offset):
        @offload
        def add(value, twice=False):
            return os.getpid(), helper(value) * (2 if twice else 1) + offset
        return add

    square = offload(lambda value: (os.getpid(), value * value))

    class Counter:
        def __init__(self, start):
            self.start = start

        @offload
        def add(self, value):
            return self.start + value
""")


def held(pool: StartedPool, path: Path) -> Future[Any]:
    """A submitted call that has a worker, until ``path`` exists."""
    future: Future[Any] = pool.wait_for.submit(str(path), path.name)
    eventually(path.with_suffix(".begun").exists, pool.orthanc.text)
    return future


def test_results_and_errors(start_script: Start) -> None:
    pool = start_script(SCRIPT, count=2)
    futures = [pool.pid.submit() for _ in range(50)]
    assert os.getpid() not in {future.result(30) for future in futures}
    with pytest.raises(LookupError, match="gone") as caught:
        pool.fail.submit().result(30)
    assert "in the worker" in str(caught.value.__cause__)
    with Path(os.devnull).open() as file, pytest.raises(NotTransferable, match="argument 1 of pid"):
        pool.pid.submit(file)
    assert pool.Counter(5).add.submit(2).result(30) == 7
    assert pool.submits()


def test_a_call_waits_for_a_worker_longer_than_requests_do(
    start_script: Start, tmp_path: Path
) -> None:
    pool = start_script(SCRIPT, QueueTimeout=0.05)
    first = held(pool, tmp_path / "first")
    second = pool.pid.submit()
    with pytest.raises(PoolSaturated, match="QueueTimeout"):
        pool.pid()
    assert not second.done()
    (tmp_path / "first").touch()
    assert first.result(30) == "first"
    assert second.result(30) != os.getpid()


def test_a_bound(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT, MaximumSubmitted=2)
    first = held(pool, tmp_path / "first")
    second = pool.pid.submit()
    with pytest.raises(PoolSaturated, match=r"pid.*2 submitted calls.*MaximumSubmitted"):
        pool.pid.submit()
    assert second.cancel()
    (tmp_path / "first").touch()
    assert first.result(30) == "first"
    with pytest.raises(CancelledError):
        second.result(30)
    eventually(lambda: pool.pid.submit().result(30), pool.orthanc.text)


def test_an_error_that_nobody_asked_for_is_in_the_log(start_script: Start) -> None:
    pool = start_script(SCRIPT)
    pool.fail.submit()
    asked = pool.fail.submit()
    assert isinstance(asked.exception(30), LookupError)
    del asked
    pool.log_has("E", "fail was submitted, and nobody asked how it ended")
    gc.collect()
    assert pool.orthanc.text().count("nobody asked") == 1
    assert "in fail" in pool.orthanc.text()


def test_stop_ends_submitted_calls(start_script: Start, tmp_path: Path) -> None:
    pool = start_script(SCRIPT)
    running = held(pool, tmp_path / "never")
    waiting = [pool.pid.submit() for _ in range(5)]
    assert pool.stop()
    with pytest.raises(OffloadError, match=r"Orthanc stops|Orthanc is stopping"):
        running.result(10)
    for future in waiting:
        assert isinstance(future.exception(10), PoolStopping)
    with pytest.raises(PoolStopping):
        pool.pid.submit()


def test_functions_without_a_name_travel(start_script: Start) -> None:
    pool = start_script(SCRIPT)
    worker = pool.pid()
    assert pool.square(7) == (worker, 49)
    assert pool.closure(1)(2, twice=True) == (worker, 13)
    assert pool.closure(10).submit(2).result(30) == (worker, 16)
