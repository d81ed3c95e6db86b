# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker's end of a lane: who may write what on it, and when."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import NoReturn

from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.protocol import (
    ConnectionClosed,
    Frame,
    FrameSocket,
    Kind,
    ProtocolError,
)

from .process import leave

_CANCEL, _OUTPUT, _REPLY = int(Kind.CANCEL), int(Kind.OUTPUT), int(Kind.REPLY)


class Lane:
    """Frames of one task at a time, and of the tasks nested in it.

    The thread that made the lane runs its tasks and alone receives. Threads that a handler
    starts may use its output, so sending takes a lock. Once the plugin has gone, or has sent
    what is no frame, nobody waits for this process: it ends.
    """

    __slots__ = (
        "_frames",
        "_lock",
        "cancel",
        "depth",
        "output",
        "replied",
        "run_nested",
        "task",
        "thread",
    )

    def __init__(self, frames: FrameSocket) -> None:
        self._frames = frames
        self._lock = threading.Lock()
        self.thread = threading.get_ident()
        self.task = 0
        self.depth = -1
        """Of the innermost task that runs, -1 when none does."""
        self.output: object = None
        """The output of the innermost task, the only one that works."""
        self.cancel: Callable[[int], None] = lambda _task: None
        """Told of a task whose deadline has passed; it may have ended."""

        self.replied: Callable[[], object] | None = None
        """Told of each frame but CANCEL: one may have come with it."""

        self.run_nested: Callable[[Frame], None] = _refuse
        """Runs a task that Orthanc sends while a call of its outer task is being served."""

    def receive(self) -> Frame:
        """The next frame but CANCEL; waits until there is one."""
        while (frame := self._receive()).kind == _CANCEL:
            self.cancel(frame.task)
        if self.replied is not None:
            self.replied()
        return frame

    def fileno(self) -> int:
        """Readable when a frame comes."""
        return self._frames.fileno()

    def has_more(self) -> bool:
        """A frame is there, or begins."""
        return self._frames.has_more()

    def receive_cancel(self) -> None:
        """The next frame, which comes while a coroutine runs."""
        frame = self._receive()
        if frame.kind != _CANCEL:
            abandon(ProtocolError(f"frame {frame.kind} while a coroutine runs"))
        self.cancel(frame.task)

    def _receive(self) -> Frame:
        try:
            return self._frames.receive()
        except (ConnectionClosed, OSError):
            leave()
        except ProtocolError as error:
            abandon(error)

    def send(self, kind: int, head: object, *parts: bytes | bytearray | memoryview) -> None:
        """Send a frame of the innermost task. Raises ValueError where it is too large."""
        try:
            with self._lock:
                self._frames.send(kind, self.task, self.depth, head, *parts)
        except OSError:
            leave()

    def send_output(
        self, output: object, head: object, data: bytes | bytearray | memoryview
    ) -> bool:
        """Send an OUTPUT frame; False where this output belongs to no running task."""
        try:
            with self._lock:
                if output is not self.output:
                    return False
                self._frames.send(_OUTPUT, self.task, self.depth, head, data)
                return True
        except OSError:
            leave()

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

    def finish(self, kind: int, head: object, *parts: bytes | bytearray | memoryview) -> None:
        """Send the last frame of the innermost task; no OUTPUT frame can follow."""
        try:
            with self._lock:
                self.output = None
                self._frames.send(kind, self.task, self.depth, head, *parts)
        except OSError:
            leave()


def _refuse(frame: Frame) -> None:
    abandon(ProtocolError(f"task {frame.task} came before this worker said hello"))


def abandon(error: Exception, what: str = "") -> NoReturn:
    """The plugin cannot be understood; say why and end."""
    # No frame: there is nobody left to talk to but the reader of the pipe.
    print(f"{LogCode.WORKER_GIVES_UP.text} worker ends: {what}{error}", file=sys.stderr)
    leave(1)
