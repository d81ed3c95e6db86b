# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lane of a coroutine that shares its worker with others."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.protocol import ConnectionClosed, Frame, ProtocolError

from .lane import Lane, abandon


class SharedLane(Lane):
    """Runs one task at a time as an asyncio task."""

    __slots__ = ("cancelled", "root", "running", "started")

    def __init__(self, frames: FrameStream) -> None:
        super().__init__(frames)
        self.root = 0
        """The task at depth 0, 0 while there is none."""
        self.running: asyncio.Task[None] | None = None
        self.started = self.cancelled = False
        self.cancel = self.cancel_task

    def next_frame(self) -> Frame | None:
        """One that has come, or begins; None where the lane was closed."""
        try:
            return self._frames.receive()
        except (ConnectionClosed, OSError):
            return None
        except ProtocolError as error:
            abandon(error)

    def begin(self, task: int, running: asyncio.Task[None]) -> None:
        self.root, self.running = task, running
        self.started = self.cancelled = False

    def end(self) -> None:
        self.root, self.task, self.depth, self.output, self.running = 0, 0, -1, None, None

    def cancel_task(self, task: int) -> None:
        """Its deadline has passed; it may have ended."""
        if task != self.root or self.running is None:
            return
        self.cancelled = True
        # One that is cancelled before its first step would never answer.
        if self.started:
            self.running.cancel()

    async def await_result(self, returned: Any) -> Any:
        """What a handler has returned, or where that is a coroutine, its result."""
        self.started = True
        if not asyncio.iscoroutine(returned):
            return returned
        if self.cancelled:
            returned.close()
            raise asyncio.CancelledError
        return await returned


_here: ContextVar[tuple[SharedLane, int] | None] = ContextVar("orthanc_runtime_lane", default=None)


def lane_here() -> SharedLane | None:
    """That of the coroutine that runs here, which shares the worker, as long as its task does."""
    here = _here.get()
    return here[0] if here is not None and here[0].root == here[1] else None


def enter(lane: SharedLane) -> None:
    """The asyncio task that runs here is that of the lane's task."""
    _here.set((lane, lane.root))
