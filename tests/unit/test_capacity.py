# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many workers, and how many requests may be with them."""

from __future__ import annotations

import pytest

from orthanc_runtime.capacity import MARGIN, Capacity, Wanted
from orthanc_runtime.capacity import plan_capacity as plan_pools
from orthanc_runtime.errors import SettingsError

pytestmark = pytest.mark.unit


def plan_capacity(
    count: int | None,
    maximum_queued: int | None,
    http_threads: int,
    cores: int,
    only_http: bool = False,
) -> Capacity:
    """For a single pool."""
    wanted = Wanted("Python.Workers", count, maximum_queued)
    (capacity,) = plan_pools(wanted, [], http_threads, cores, only_http)
    return capacity


@pytest.mark.parametrize(
    ("cores", "http_threads", "count"),
    [(4, 50, 4), (4, 10, 4), (4, 9, 3), (64, 50, 24), (2, 4, 1), (2, 2, 1), (2, 1, 1)],
)
def test_default_count(cores: int, http_threads: int, count: int) -> None:
    capacity = plan_capacity(None, None, http_threads, cores, only_http=True)
    assert capacity.count == count
    said = [note for note in capacity.notes if "HttpThreadsCount" in note]
    assert len(said) == (1 if count < cores else 0)


def test_the_note_says_what_would_lift_the_limit() -> None:
    (note,) = plan_capacity(None, None, 10, 8, only_http=True).notes
    assert "HttpThreadsCount 18" in note
    assert plan_capacity(None, None, 18, 8, only_http=True).notes == ()


@pytest.mark.parametrize("http_threads", range(1, 60))
@pytest.mark.parametrize("cores", [1, 2, 3, 8, 24])
def test_the_bound_is_the_largest_that_leaves_every_handler_a_thread(
    http_threads: int, cores: int
) -> None:
    capacity = plan_capacity(None, None, http_threads, cores, only_http=True)

    def fits(admitted: int) -> bool:
        return admitted + min(admitted, capacity.count) + MARGIN <= http_threads

    assert capacity.admitted >= 1
    assert fits(capacity.admitted) or capacity.admitted == 1
    assert not fits(capacity.admitted + 1)


def test_an_explicit_count_that_cannot_be_used() -> None:
    assert plan_capacity(24, None, 50, 2, only_http=True).count == 24
    with pytest.raises(SettingsError) as caught:
        plan_capacity(25, None, 50, 2, only_http=True)
    for word in ("Count is 25", "at most 24", "HttpThreadsCount is 50", "52"):
        assert word in str(caught.value)


def test_count_0_is_inline() -> None:
    assert plan_capacity(0, None, 1, 8).count == 0


def test_maximum_queued_is_a_limit_too() -> None:
    assert plan_capacity(2, 3, 50, 2, only_http=True).admitted == 5
    assert plan_capacity(2, 0, 50, 2, only_http=True).admitted == 2
    capacity = plan_capacity(2, 1000, 50, 2, only_http=True)
    assert capacity.admitted == 46
    (note,) = capacity.notes
    assert "MaximumQueued is 1000; 44 is in force" in note


@pytest.mark.parametrize(
    ("cores", "http_threads", "count"), [(4, 50, 4), (4, 6, 4), (4, 5, 3), (64, 50, 48), (2, 1, 1)]
)
def test_default_count_with_the_channel(cores: int, http_threads: int, count: int) -> None:
    capacity = plan_capacity(None, None, http_threads, cores)
    assert capacity.count == count
    assert capacity.admitted == max(1, http_threads - MARGIN)


def test_with_the_channel_only_maximum_queued_bounds() -> None:
    assert plan_capacity(2, 1000, 5, 2).admitted == 1002
    assert plan_capacity(1, None, 1, 2).count == 1
    with pytest.raises(SettingsError, match=r"Count is 4; allowed: at most 3 .*HTTP thread"):
        plan_capacity(4, None, 5, 8)


def pools(
    *named: tuple[int | None, int | None],
    default: tuple[int | None, int | None] = (2, None),
    http_threads: int = 50,
    only_http: bool = False,
) -> list[tuple[int, int]]:
    """Count and admitted requests of the default pool, then of the others."""
    wanted = [Wanted(f"Pools.{n}", *each) for n, each in enumerate(named)]
    planned = plan_pools(Wanted("Workers", *default), wanted, http_threads, 4, only_http)
    return [(capacity.count, capacity.admitted) for capacity in planned]


def test_pools_share_the_threads_evenly() -> None:
    assert pools((1, None)) == [(2, 24), (1, 24)]
    assert pools((1, None), (3, None)) == [(2, 16), (1, 15), (3, 17)]


@pytest.mark.parametrize("only_http", [False, True])
@pytest.mark.parametrize("http_threads", [10, 11, 20, 50])
def test_no_pool_can_take_the_threads_of_another(http_threads: int, only_http: bool) -> None:
    planned = pools(
        (1, None), (2, None), default=(1, None), http_threads=http_threads, only_http=only_http
    )
    needed = sum(
        admitted + (min(admitted, count) if only_http else 0) for count, admitted in planned
    )
    assert needed + MARGIN <= http_threads


def test_a_queue_that_is_set_leaves_the_others_the_rest() -> None:
    assert pools((1, 4), default=(2, None)) == [(2, 43), (1, 5)]
    assert pools((1, None), default=(2, 1000)) == [(2, 1002), (1, 1)]


def test_the_default_count_leaves_room_for_the_named_pools() -> None:
    assert pools((2, None), default=(None, None), http_threads=6)[0][0] == 2
    assert pools((None, None), default=(None, None))[:2] == [(4, 25), (1, 23)]


def test_counts_that_do_not_fit_together() -> None:
    with pytest.raises(SettingsError) as caught:
        pools((3, None), default=(2, None), http_threads=6)
    for word in ("Pools.0.Count is 3", "at most 2", "other pools have 2 workers", "to 7 or more"):
        assert word in str(caught.value)
