# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CALL, FREE and LOG frames: parts of the SDK that run in Orthanc for a worker."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

from orthanc_runtime.carried import is_lent
from orthanc_runtime.errors import NotInWorker, OrthancException
from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.log_codes import LogCode, LogLevel
from orthanc_runtime.protocol import BAD_VALUE, Kind, ProtocolError

from .lane import Lane, abandon
from .process import leave
from .shared_lane import lane_here

_CALL, _FREE, _LOG, _REPLY = (int(kind) for kind in (Kind.CALL, Kind.FREE, Kind.LOG, Kind.REPLY))

MAXIMUM_FREED = 1000  # in one frame

Data = bytes | bytearray | memoryview


class Calls:
    """The way back into Orthanc.

    The thread that runs a task uses the lane: the Orthanc thread that waits for the task
    serves the call. Every other thread, and everything outside tasks, uses the service socket,
    one call at a time. A reply has no deadline here: that of the task ends both.
    """

    def __init__(self, lane: Lane, service: FrameStream) -> None:
        self._main = lane
        self._service = service
        self._service_call = threading.Lock()
        self._service_send = threading.Lock()
        self._dropped: deque[int] = deque()
        self.is_forked = False
        """This is a child of the worker, which has no part in its conversation."""
        os.register_at_fork(after_in_child=self._disown)

    def call(
        self, function: str, *arguments: object, parts: Sequence[Data] = ()
    ) -> tuple[Any, Data]:
        """Value and body of the reply; ``parts`` make the body of the call.

        Raises OrthancException, ValueError.
        """
        if self.is_forked:
            raise NotInWorker(
                f"orthanc.{function}: a process that a handler has forked cannot call Orthanc; use "
                "rest, with RestTransport Auto or Http"
            )
        if self._dropped:
            self.free_dropped()
        lane = self._lane()
        called = (function, *arguments)
        head, body = (
            self._call_on_service(called, parts) if lane is None else lane.call(called, *parts)
        )
        code, description, value = head
        if code == BAD_VALUE:
            raise ValueError(description)
        if code != 0:
            raise OrthancException(code, description)
        return value, body

    def task(self) -> int:
        """The number of the task that runs here; 0 in other threads, and outside of tasks."""
        lane = self._lane()
        return 0 if lane is None else lane.task

    def log(self, level: LogLevel | LogCode, text: str) -> None:
        """Write a line to Orthanc's log: of the script at a level, or one of ours."""
        data = text.encode("utf-8", "backslashreplace")
        self._send(_LOG, (int(level),), data)

    def drop(self, number: int) -> None:
        """Orthanc need not keep this object: it hears of it before the next call."""
        if not is_lent(number):
            self._dropped.append(number)

    def free_dropped(self) -> None:
        """Tell Orthanc now."""
        if self.is_forked:
            return
        numbers: list[int] = []
        # Other threads may take some of them meanwhile.
        with contextlib.suppress(IndexError):
            while len(numbers) < MAXIMUM_FREED:
                numbers.append(self._dropped.popleft())
        if numbers:
            self._send(_FREE, numbers)

    def _disown(self) -> None:
        self.is_forked = True
        self._dropped.clear()

    def _lane(self) -> Lane | None:
        """That of the task that runs here; None in other threads, and outside of tasks."""
        main = self._main
        if threading.get_ident() != main.thread:
            return None
        return main if main.depth >= 0 else lane_here()

    def _send(self, kind: int, head: Sequence[object], *parts: Data) -> None:
        lane = self._lane()
        if lane is not None:
            lane.send(kind, head, *parts)
        else:
            self._send_on_service(kind, head, *parts)

    def _call_on_service(
        self, head: tuple[object, ...], parts: Sequence[Data]
    ) -> tuple[Any, bytes | bytearray]:
        with self._service_call:
            self._send_on_service(_CALL, head, *parts)
            try:
                frame = self._service.receive()
            except (EOFError, OSError):
                leave()
            except ProtocolError as error:
                abandon(error)
        if frame.kind != _REPLY:
            abandon(ProtocolError(f"frame {frame.kind} on the service socket"))
        return frame.head, frame.body

    def _send_on_service(self, kind: int, head: Sequence[object], *parts: Data) -> None:
        try:
            with self._service_send:
                self._service.send(kind, 0, 0, head, *parts)
        except OSError:
            leave()
