# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every event in every state."""

from __future__ import annotations

import itertools

import pytest

from orthanc_runtime.worker_state import (
    MOVES,
    IllegalMoveError,
    WorkerEvent,
    WorkerLife,
    WorkerState,
)

pytestmark = pytest.mark.unit

# From STARTING to each state.
WAYS: dict[WorkerState, list[WorkerEvent]] = {
    WorkerState.STARTING: [],
    WorkerState.READY: [WorkerEvent.HELLO],
    WorkerState.DRAINING: [WorkerEvent.HELLO, WorkerEvent.RETIRE],
    WorkerState.KILLING: [WorkerEvent.KILL],
    WorkerState.EXITED: [WorkerEvent.EXIT],
}

# Written by hand: rows in the order of WorkerEvent (hello, fail, retire, kill, exit).
EXPECTED: dict[WorkerState, list[str | None]] = {
    WorkerState.STARTING: ["ready", "killing", "killing", "killing", "exited"],
    WorkerState.READY: [None, None, "draining", "killing", "exited"],
    WorkerState.DRAINING: [None, None, "draining", "killing", "exited"],
    WorkerState.KILLING: [None, None, "killing", "killing", "exited"],
    WorkerState.EXITED: [None, None, None, None, None],
}


def life_in(state: WorkerState) -> WorkerLife:
    life = WorkerLife()
    for event in WAYS[state]:
        life.move(event)
    assert life.state is state
    return life


@pytest.mark.parametrize(
    ("state", "event"),
    list(itertools.product(WorkerState, WorkerEvent)),
    ids=lambda value: value.value,
)
def test_every_pair(state: WorkerState, event: WorkerEvent) -> None:
    life = life_in(state)
    expected = EXPECTED[state][list(WorkerEvent).index(event)]
    if expected is None:
        with pytest.raises(IllegalMoveError) as caught:
            life.move(event)
        assert f"{event.value} while {state.value}; history: starting" in str(caught.value)
        assert life.state is state
    else:
        assert life.move(event).value == expected
        assert life.state.value == expected


def test_every_state_but_the_last_has_a_way_out() -> None:
    for state in WorkerState:
        leaves = {following for (start, _), following in MOVES.items() if start is state}
        assert (WorkerState.EXITED in leaves) is (state is not WorkerState.EXITED)


def test_history() -> None:
    life = life_in(WorkerState.DRAINING)
    assert str(life) == "starting, hello -> ready, retire -> draining"
    assert life.said_hello
    assert life.ended_by_us
    assert not life_in(WorkerState.READY).ended_by_us
    assert not life_in(WorkerState.EXITED).said_hello
