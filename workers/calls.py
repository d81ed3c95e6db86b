# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CALL and LOG frames: parts of the SDK that run in Orthanc for a worker."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from orthanc_runtime.errors import OrthancException
from orthanc_runtime.protocol import Frame, FrameSocket, Kind, ProtocolError

from .lane import Lane, abandon
from .process import leave

_CALL, _LOG, _REPLY, _TASK = (int(kind) for kind in (Kind.CALL, Kind.LOG, Kind.REPLY, Kind.TASK))

Data = bytes | bytearray | memoryview


class Calls:
    """The way back into Orthanc.

    The thread that runs a task uses the lane: the Orthanc thread that waits for the task
    serves the call. Every other thread, and everything outside tasks, uses the service socket,
    one call at a time. A reply has no deadline here: that of the task ends both.
    """

    def __init__(self, lane: Lane, service: socket.socket) -> None:
        self._lane = lane
        self._service = FrameSocket(service)
        self._service_call = threading.Lock()
        self._service_send = threading.Lock()
        self.run_nested: Callable[[Frame], None] = _refuse
        """Runs a task that Orthanc sends while a call of its outer task is being served."""

    def call(self, function: str, *arguments: object, data: Data = b"") -> tuple[Any, Data]:
        """Value and body of the reply. Raises OrthancException, ValueError where too large."""
        lane = self._lane
        if lane.depth >= 0 and threading.get_ident() == lane.thread:
            reply = self._call_on_lane((function, *arguments), data)
        else:
            reply = self._call_on_service((function, *arguments), data)
        code, description, value = reply.head
        if code != 0:
            raise OrthancException(code, description)
        return value, reply.body

    def log(self, level: int, text: str) -> None:
        """Write a line to Orthanc's log: 0 error, 1 warning, 2 information."""
        data = text.encode("utf-8", "backslashreplace")
        lane = self._lane
        if lane.depth >= 0 and threading.get_ident() == lane.thread:
            lane.send(_LOG, (level,), data)
        else:
            self._send_on_service(_LOG, (level,), data)

    def _call_on_lane(self, head: tuple[object, ...], data: Data) -> Frame:
        lane = self._lane
        task, depth = lane.task, lane.depth
        lane.send(_CALL, head, data)
        while True:
            frame = lane.receive()
            if frame.kind == _REPLY and frame.task == task and frame.depth == depth:
                return frame
            if frame.kind != _TASK or frame.depth != depth + 1:
                abandon(
                    ProtocolError(
                        f"frame {frame.kind} of task {frame.task} at depth {frame.depth} while "
                        f"task {task} at depth {depth} waits for a reply"
                    )
                )
            self.run_nested(frame)

    def _call_on_service(self, head: tuple[object, ...], data: Data) -> Frame:
        with self._service_call:
            self._send_on_service(_CALL, head, data)
            try:
                frame = self._service.receive()
            except (EOFError, OSError):
                leave()
            except ProtocolError as error:
                abandon(error)
        if frame.kind != _REPLY:
            abandon(ProtocolError(f"frame {frame.kind} on the service socket"))
        return frame

    def _send_on_service(self, kind: int, head: tuple[object, ...], data: Data) -> None:
        try:
            with self._service_send:
                self._service.send(kind, 0, 0, head, data)
        except OSError:
            leave()


def _refuse(frame: Frame) -> None:
    abandon(ProtocolError(f"task {frame.task} came before this worker said hello"))
