# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's end of a lane: who may write what on it, and when."""

from __future__ import annotations

import sys
from typing import NoReturn

from orthanc_runtime.lanes import FrameStream, TaskLane
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.protocol import Frame, Kind, ProtocolError

from .process import leave

_CANCEL, _REPLY = int(Kind.CANCEL), int(Kind.REPLY)


class Lane(TaskLane):
    """Frames of one task at a time, and of the tasks nested in it.

    The thread that made the lane runs its tasks and alone receives. Threads that a handler
    starts may use its output, so sending takes a lock. Once the plugin has gone, or has sent
    what is no frame, nobody waits for this process: it ends.

    ``task`` and ``depth`` are of the innermost task that runs, 0 and -1 when none does, and
    ``output`` is its output, the only one that works. ``cancel(task)`` is told of a task whose
    deadline has passed, which may have ended; ``replied()`` of each frame but CANCEL: one may have
    come with it. ``run_nested(frame)`` runs a task that Orthanc sends while a call of its outer
    task is being served. ``receive`` waits for the next frame but CANCEL; ``send`` sends one of the
    innermost task, raises ValueError where it is too large; ``send_output`` one that is False where
    this output belongs to no running task; ``finish`` the last one. ``call`` sends a CALL and
    returns head and body of its REPLY.
    """

    __slots__ = ("_frames",)

    def __init__(self, frames: FrameStream) -> None:
        super().__init__(frames, leave, abandon)
        self._frames = frames
        self.run_nested = _refuse

    def receive_cancel(self) -> None:
        """The next frame, which comes while a coroutine runs."""
        frame = self.receive_any()
        if frame.kind != _CANCEL:
            abandon(ProtocolError(f"frame {frame.kind} while a coroutine runs"))
        if self.cancel is not None:
            self.cancel(frame.task)

    def receive_reply(self) -> Frame:
        """That of the OUTPUT frame just sent, in the thread that runs tasks."""
        frame = self.receive()
        if (frame.kind, frame.task, frame.depth) != (_REPLY, self.task, self.depth):
            abandon(
                ProtocolError(
                    f"frame {frame.kind} of task {frame.task} at depth {frame.depth} while "
                    f"an output call of task {self.task} at depth {self.depth} waits for a reply"
                )
            )
        return frame


def _refuse(frame: Frame) -> None:
    abandon(ProtocolError(f"task {frame.task} came before this worker said hello"))


def refuse(frame: Frame) -> NoReturn:
    """Where a task begins, and this is none."""
    abandon(ProtocolError(f"frame {frame.kind} at depth {frame.depth}, not a task"))


def abandon(error: Exception, what: str = "") -> NoReturn:
    """The plugin cannot be understood; say why and end."""
    # No frame: there is nobody left to talk to but the reader of the pipe.
    print(f"{LogCode.WORKER_GIVES_UP.text} worker ends: {what}{error}", file=sys.stderr)
    leave(1)
