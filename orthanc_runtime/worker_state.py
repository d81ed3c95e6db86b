# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of one worker process, as a table of legal moves without I/O.

::

    STARTING --hello--> READY --retire--> DRAINING --+
        |                 |                  |       |
        +--- kill, fail, retire ---> KILLING |<-kill-+
        |                 |             |    |
        +------- exit ----+---- exit ---+----+--> EXITED

Whether a READY worker is idle or busy is known to the C++ side only, which leases its lane
without asking Python.
"""

from __future__ import annotations

import enum


class WorkerState(enum.Enum):
    """Where a worker is in its life."""

    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    KILLING = "killing"
    EXITED = "exited"


class WorkerEvent(enum.Enum):
    """What happens to a worker."""

    HELLO = "hello"  # it imported the script, and has the master's handlers
    FAIL = "fail"  # it could not import the script, came late, or differs from the master
    RETIRE = "retire"  # it gets no new task
    KILL = "kill"
    EXIT = "exit"  # the process has ended


class IllegalMoveError(RuntimeError):
    """An event in a state that has no such move: a fault of the supervisor."""


_S = WorkerState
_E = WorkerEvent

MOVES: dict[tuple[WorkerState, WorkerEvent], WorkerState] = {
    (_S.STARTING, _E.HELLO): _S.READY,
    (_S.STARTING, _E.FAIL): _S.KILLING,
    (_S.STARTING, _E.RETIRE): _S.KILLING,  # it serves nothing that could be drained
    (_S.STARTING, _E.KILL): _S.KILLING,
    (_S.STARTING, _E.EXIT): _S.EXITED,
    (_S.READY, _E.RETIRE): _S.DRAINING,
    (_S.READY, _E.KILL): _S.KILLING,
    (_S.READY, _E.EXIT): _S.EXITED,
    (_S.DRAINING, _E.RETIRE): _S.DRAINING,
    (_S.DRAINING, _E.KILL): _S.KILLING,
    (_S.DRAINING, _E.EXIT): _S.EXITED,
    (_S.KILLING, _E.RETIRE): _S.KILLING,
    (_S.KILLING, _E.KILL): _S.KILLING,
    (_S.KILLING, _E.EXIT): _S.EXITED,
}


class WorkerLife:
    """The state of one worker and how it got there."""

    def __init__(self) -> None:
        self.state = WorkerState.STARTING
        self.history: list[tuple[WorkerEvent, WorkerState]] = []

    def move(self, event: WorkerEvent) -> WorkerState:
        """The state after ``event``. Raises IllegalMoveError with the history."""
        following = MOVES.get((self.state, event))
        if following is None:
            raise IllegalMoveError(f"{event.value} while {self.state.value}; history: {self}")
        self.history.append((event, following))
        self.state = following
        return following

    @property
    def said_hello(self) -> bool:
        return any(event is WorkerEvent.HELLO for event, _ in self.history)

    @property
    def ended_by_us(self) -> bool:
        """Whether the supervisor itself asked the worker to leave."""
        ours = (WorkerEvent.FAIL, WorkerEvent.RETIRE, WorkerEvent.KILL)
        return any(event in ours for event, _ in self.history)

    def __str__(self) -> str:
        moves = (f"{event.value} -> {state.value}" for event, state in self.history)
        return ", ".join([WorkerState.STARTING.value, *moves])
