# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back-off of a slot, and when the pool counts as broken."""

from __future__ import annotations

import random

import pytest

from orthanc_runtime.slot import (
    FAILED_STARTS_ALLOWED,
    LONGEST_BACK_OFF,
    SHORTEST_BACK_OFF,
    Ending,
    PoolHealth,
    Slot,
)

pytestmark = pytest.mark.unit


class NoJitter(random.Random):
    def uniform(self, a: float, b: float) -> float:  # noqa: ARG002
        return b


def slot() -> Slot:
    return Slot(0, NoJitter())


def test_a_worker_that_had_served_is_replaced_at_once() -> None:
    one = slot()
    assert [one.delay_after(Ending.SERVED) for _ in range(5)] == [0] * 5


@pytest.mark.parametrize("ending", [Ending.NEVER_READY, Ending.UNUSED])
def test_back_off_doubles_up_to_its_limit(ending: Ending) -> None:
    one = slot()
    delays = [one.delay_after(ending) for _ in range(12)]
    assert delays[:4] == [SHORTEST_BACK_OFF * factor for factor in (1, 2, 4, 8)]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_BACK_OFF


def test_service_forgives() -> None:
    one = slot()
    for _ in range(5):
        one.delay_after(Ending.NEVER_READY)
    one.delay_after(Ending.SERVED)
    assert one.delay_after(Ending.NEVER_READY) == SHORTEST_BACK_OFF


def test_a_kill_from_outside_never_counts() -> None:
    one = slot()
    assert one.delay_after(Ending.KILLED_FROM_OUTSIDE) == 0
    assert [one.delay_after(Ending.KILLED_FROM_OUTSIDE) for _ in range(9)] == [
        SHORTEST_BACK_OFF
    ] * 9
    assert one.failures == 0
    assert one.delay_after(Ending.NEVER_READY) == SHORTEST_BACK_OFF


def test_no_room_for_all_workers() -> None:
    one = slot()
    delays = [one.delay_after(Ending.OUT_OF_MEMORY) for _ in range(12)]
    assert delays[:4] == [0, SHORTEST_BACK_OFF, SHORTEST_BACK_OFF * 2, SHORTEST_BACK_OFF * 4]
    assert delays[-1] == LONGEST_BACK_OFF
    one.delay_after(Ending.SERVED)
    assert one.delay_after(Ending.OUT_OF_MEMORY) == 0


def test_jitter_stays_within_half_and_whole() -> None:
    delays = {Slot(0).delay_after(Ending.NEVER_READY) for _ in range(50)}
    assert len(delays) > 1
    assert all(SHORTEST_BACK_OFF / 2 <= delay <= SHORTEST_BACK_OFF for delay in delays)


def test_the_pool_breaks_after_some_failed_starts_without_a_worker() -> None:
    health = PoolHealth()
    changes = [health.start_failed(f"reason {n}") for n in range(FAILED_STARTS_ALLOWED + 1)]
    assert changes == [False] * (FAILED_STARTS_ALLOWED - 1) + [True, False]
    assert health.broken == f"reason {FAILED_STARTS_ALLOWED - 1}"


def test_a_ready_worker_mends_the_pool() -> None:
    health = PoolHealth(failed_starts=FAILED_STARTS_ALLOWED, broken="reason")
    assert health.worker_ready()
    assert health == PoolHealth(ready=1)
    assert not health.start_failed("once")


def test_a_ready_worker_keeps_the_pool_whole() -> None:
    health = PoolHealth()
    assert not health.worker_ready()
    assert not any(health.start_failed("no") for _ in range(10))
    assert not health.worker_gone()
    assert health.broken is None
    assert health.start_failed("no")


def test_a_final_failure_breaks_the_pool_when_the_last_worker_goes() -> None:
    health = PoolHealth()
    health.worker_ready()
    health.worker_ready()
    assert not health.start_failed("restart Orthanc", final=True)
    assert not health.worker_gone()
    assert health.worker_gone()
    assert health.broken == "restart Orthanc"


def test_a_final_failure_without_a_worker_breaks_at_once() -> None:
    assert PoolHealth().start_failed("restart Orthanc", final=True)


def test_workers_are_recycled_at_different_times() -> None:
    one = Slot(0)
    limits = {one.tasks_until_recycled(100) for _ in range(200)}
    assert len(limits) > 5
    assert min(limits) >= 80
    assert max(limits) <= 100
    assert one.tasks_until_recycled(1) == 1
    assert one.tasks_until_recycled(0) == 0
