# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coroutines that share a worker, ``@offload(concurrency=)``: each on a lane of its own, all on the
one event loop.

While one of them runs the plugin gives this worker no other task, so the thread that runs tasks is
theirs. The main lane may be closed meanwhile: the worker then leaves after the last of them.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

from orthanc_runtime import payload
from orthanc_runtime.lanes import are_open, request_of
from orthanc_runtime.protocol import Frame, Kind, ProtocolError, TaskKind

from . import task_context
from .execute import Executor, failure_head
from .handlers import Handlers
from .lane import Lane, abandon, refuse
from .output import RestOutput
from .shared_lane import SharedLane, enter
from .worker_loop import WorkerLoop

_CANCEL, _TASK = int(Kind.CANCEL), int(Kind.TASK)
_DONE, _FAILED = int(Kind.DONE), int(Kind.FAILED)


class SharedLanes:
    """Serves them, and the main lane between."""

    def __init__(self, lanes: Sequence[SharedLane], handlers: Handlers, loop: WorkerLoop) -> None:
        self._lanes = lanes
        self._find = handlers.find
        self._loop = loop
        for lane in lanes:
            lane.run_nested = Executor(lane, handlers, loop).run
        self._tasks: set[SharedLane] = set()
        self._idle: asyncio.Future[None] | None = None
        self._poll = select.poll()

    def serve(
        self,
        main: Lane,
        execute: Callable[[Frame], None],
        lost_streams: Callable[[], None],
        streams: Sequence[object],
    ) -> NoReturn:
        """As :meth:`orthanc_runtime.lanes.TaskRunner.serve`."""
        self._poll.register(main, select.POLLIN)
        for lane in self._lanes:
            self._poll.register(lane, select.POLLIN)
            self._loop.add_reader(lane.fileno(), partial(self._take, lane))
            lane.replied = partial(self._loop.call_soon, self._take, lane)
        while True:
            # The loop may have begun a task in its last moment. The end of the main lane, which has
            # no deadline, ends the wait.
            if not self._tasks and not main.has_more():
                self._poll.poll()
            if not self._tasks and main.has_more():
                frame = main.receive()
                if frame.kind != _TASK or frame.depth != 0:
                    refuse(frame)
                execute(frame)
                del frame
            else:
                self._loop.run_beside(self._until_idle(begun=bool(self._tasks)))
            if not are_open(streams):
                lost_streams()

    async def _until_idle(self, begun: bool) -> None:
        """Until no task runs; unless they have ``begun`` the first one is about to come."""
        self._idle = asyncio.get_running_loop().create_future()
        if begun:
            self._look_idle()
        await self._idle

    def _take(self, lane: SharedLane) -> None:
        while lane.has_more():
            frame = lane.next_frame()
            if frame is None:
                self._loop.remove_reader(lane.fileno())
                self._poll.unregister(lane)
                break
            if frame.kind == _CANCEL:
                lane.cancel_task(frame.task)
            elif lane.running is None:
                self._start(lane, frame)
            else:
                abandon(ProtocolError(f"frame {frame.kind} while task {lane.root} runs"))
        self._look_idle()

    def _start(self, lane: SharedLane, frame: Frame) -> None:
        if frame.kind != _TASK or frame.depth != 0:
            refuse(frame)
        self._tasks.add(lane)
        lane.begin(frame.task, asyncio.get_running_loop().create_task(self._run(lane, frame)))

    async def _run(self, lane: SharedLane, frame: Frame) -> None:
        enter(lane)
        _, lane.depth, lane.task, head, body = frame
        task_context.current.set((lane.task, head))
        try:
            if head[0] == TaskKind.REST:
                await self._run_request(lane, head, body)
            elif head[0] == TaskKind.FUNCTION:
                await self._run_function(lane, head, body)
            else:
                raise ProtocolError(f"task of kind {head[0]!r}")
        except (ProtocolError, LookupError, TypeError, ValueError) as error:
            abandon(error)  # handlers cannot raise these here: the frame makes no sense
        finally:
            self._tasks.discard(lane)
            lane.end()
            self._look_idle()

    async def _run_request(
        self, lane: SharedLane, head: Sequence[Any], body: bytes | bytearray
    ) -> None:
        address, uri, request = request_of(head, body)
        lane.output = output = RestOutput(lane)
        try:
            await lane.await_result(self._find(address)(output, uri, **request))
        except BaseException as error:  # noqa: BLE001 - the worker outlives its handlers
            lane.finish(_FAILED, failure_head(error, 1))
        else:
            lane.finish(_DONE, ())

    async def _run_function(
        self, lane: SharedLane, head: Sequence[Any], body: bytes | bytearray
    ) -> None:
        address = head[1]
        try:
            arguments, keywords = payload.decode_call(body)
            result = await lane.await_result(self._find(address)(*arguments, **keywords))
            parts = payload.encode_result(result, address)
        except BaseException as error:  # noqa: BLE001 - the worker outlives its handlers
            lane.finish(_FAILED, failure_head(error, 1), *payload.encode_exception(error))
        else:
            lane.finish(_DONE, (), *parts)

    def _look_idle(self) -> None:
        if not self._tasks and self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
