# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks, one after the other, until the plugin closes the lane."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from orthanc_runtime.protocol import Frame, Kind, ProtocolError

from .lane import Lane, abandon

_TASK = int(Kind.TASK)


def serve(lane: Lane, execute: Callable[[Frame], None], between: Callable[[], None]) -> None:
    """Run tasks for ever, and ``between`` after each.

    The wait for the next one has no deadline: the end of the lane ends it.

    The process leaves from :meth:`Lane.receive`, so this does not return.
    """
    receive = lane.receive
    while True:
        frame = receive()
        if frame.kind != _TASK or frame.depth != 0:
            refuse(frame)
        execute(frame)
        # A large body must not stay in memory until the next task.
        del frame
        between()


def refuse(frame: Frame) -> NoReturn:
    """Where a task begins, and this is none."""
    abandon(ProtocolError(f"frame {frame.kind} at depth {frame.depth}, not a task"))
