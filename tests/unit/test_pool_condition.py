# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the end of a worker means for the pool, and what the log says of it."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import Any

import pytest

from orthanc_runtime.errors import StartupError
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.native import WorkerExit
from orthanc_runtime.pool_condition import LONG_LIFE, PoolCondition
from orthanc_runtime.slot import FAILED_STARTS_ALLOWED, Ending, Slot
from orthanc_runtime.worker_state import WorkerEvent, WorkerLife

pytestmark = pytest.mark.unit


class Condition:
    """One with a pool and a log that only remember."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.lines: list[tuple[LogCode, str]] = []
        self.stopping = False
        self.oom_kills = 0
        pool: Any = SimpleNamespace(set_broken=self.broken.append)
        log: Any = SimpleNamespace(write=self._write)
        self.tested = PoolCondition(pool, "default", log, lambda: self.stopping)
        self.tested._oom_kills = SimpleNamespace(explain_one=self._explain_one)  # type: ignore[assignment]

    def _write(self, code: LogCode, message: str, **_: Any) -> None:
        self.lines.append((code, message))

    def _explain_one(self) -> bool:
        self.oom_kills -= 1
        return self.oom_kills >= 0

    def ready(self, age: float = 0.1) -> Any:
        worker = self.starting(age)
        worker.life.move(WorkerEvent.HELLO)
        slot = Slot(0)
        slot.worker_starts()
        self.tested.worker_ready(slot, worker, [], None)
        return worker

    def starting(self, age: float = 0.1) -> Any:
        return SimpleNamespace(name="worker 0", pid=7, age=age, failure=None, life=WorkerLife())

    def killed(self, worker: Any, served: int = 0) -> Ending:
        ended = WorkerExit(
            reason="killed by signal 9 (SIGKILL)",
            signal=signal.SIGKILL,
            code=None,
            killed_because="",
            served=served,
            stderr="",
        )
        return self.tested.worker_ended(worker, ended)


def test_the_kernel_ends_a_young_worker() -> None:
    """Its start may have been what there was no memory for."""
    condition = Condition()
    worker = condition.ready()
    condition.oom_kills = 1
    assert condition.killed(worker, served=3) is Ending.OUT_OF_MEMORY
    assert condition.lines[-1] == (
        LogCode.WORKER_KILLED,
        "worker 0 killed by signal 9 (SIGKILL) after 3 tasks, by the kernel for want of memory",
    )


def test_the_kernel_ends_an_old_worker() -> None:
    condition = Condition()
    worker = condition.ready(LONG_LIFE + 1)
    condition.oom_kills = 1
    assert condition.killed(worker, served=3) is Ending.SERVED


def test_somebody_kills_a_worker() -> None:
    condition = Condition()
    assert condition.killed(condition.ready(), served=3) is Ending.SERVED
    assert condition.lines[-1][1].endswith("not by Orthanc")
    assert condition.killed(condition.starting()) is Ending.KILLED_FROM_OUTSIDE


def test_no_memory_for_any_worker() -> None:
    condition = Condition()
    condition.oom_kills = 100
    condition.killed(condition.ready())
    for _ in range(FAILED_STARTS_ALLOWED):
        assert not condition.broken
        assert condition.killed(condition.starting()) is Ending.NEVER_READY
    (reason,) = condition.broken
    assert "by the kernel for want of memory, before it was ready" in reason


def test_a_supervisor_that_fails_before_its_first_worker_leaves_the_pool_alone() -> None:
    """Another generation may serve."""
    condition = Condition()
    condition.tested.give_up("no temporary folder")
    assert not condition.broken
    with pytest.raises(StartupError, match="no temporary folder"):
        condition.tested.first_worker.result(0)


def test_a_supervisor_that_fails_later_breaks_the_pool() -> None:
    condition = Condition()
    condition.ready()
    condition.tested.give_up("a fault\ntraceback")
    assert condition.broken == ["a fault"]
    assert condition.lines[-1] == (LogCode.SUPERVISOR_FAILED, "a fault\ntraceback")


def test_the_last_worker_of_an_old_generation_leaves_the_pool_to_the_new_one() -> None:
    """Though it could not have been replaced."""
    condition = Condition()
    worker = condition.ready()
    condition.tested.start_failed("restart Orthanc", final=True)
    condition.stopping = True
    condition.killed(worker)
    assert not condition.broken
