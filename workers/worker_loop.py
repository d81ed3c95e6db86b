# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The asyncio loop of a worker, for handlers and functions that are coroutines."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from typing import TYPE_CHECKING, Any

from orthanc_runtime.errors import NestedCoroutine
from orthanc_runtime.event_loops import in_event_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .lane import Lane


class WorkerLoop:
    """One loop for the life of the worker, so that clients may be kept from task to task.

    It runs in the thread that made this, and only while a coroutine does: what a task leaves
    behind goes on with the next one.
    """

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        lane.cancel = self._cancel
        self._running = 0
        self._cancelled = False
        self._task: asyncio.Task[Any] | None = None
        self._thread = threading.get_ident()
        self._loop: asyncio.AbstractEventLoop | None = None

    def finish(self, returned: Any) -> Any:
        """What a function has returned: where that is a coroutine, its result.

        Raises NestedCoroutine where a coroutine waits in this thread already.
        """
        return self._run(returned) if inspect.iscoroutine(returned) else returned

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        if in_event_loop():
            name = getattr(coroutine, "__qualname__", "this")
            coroutine.close()
            raise NestedCoroutine(
                f"{name} is a coroutine, and was reached by a call that keeps the event loop of "
                "another one waiting: await it, or make that call by `await asyncio.to_thread(...)`"
            )
        if threading.get_ident() != self._thread:
            return asyncio.run(coroutine)
        return self._run_task(self._get_loop(), coroutine)

    def _get_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            # takes long to import: only workers with coroutines pay
            import uvloop

            self._loop = uvloop.new_event_loop()
            self.add_reader(self._lane.fileno(), self._take_cancel)
            self._lane.replied = self._look_for_cancel
        return self._loop

    def add_reader(self, lane: int, take: Callable[[], None]) -> None:
        """Have ``take`` called where something comes on a lane while the loop runs."""
        self._get_loop().add_reader(lane, take)
        # libuv has changed that; the calls of a task wait for their replies
        os.set_blocking(lane, True)

    def remove_reader(self, lane: int) -> None:
        self._get_loop().remove_reader(lane)

    def call_soon(self, callback: Callable[..., object], *arguments: Any) -> None:
        self._get_loop().call_soon(callback, *arguments)

    def run_beside(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run what is no task of the lane, which may be closed meanwhile."""
        loop = self._get_loop()
        loop.remove_reader(self._lane.fileno())
        try:
            loop.run_until_complete(coroutine)
        finally:
            self.add_reader(self._lane.fileno(), self._take_cancel)

    def _run_task(
        self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]
    ) -> Any:
        self._running, self._cancelled = self._lane.task, False
        # It may have come with the frame before.
        loop.call_soon(self._take_cancel)
        try:
            return loop.run_until_complete(self._main(coroutine))
        finally:
            self._running, self._task = 0, None

    async def _main(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        self._task = asyncio.current_task()
        if self._cancelled:
            coroutine.close()
            raise asyncio.CancelledError
        return await coroutine

    def _look_for_cancel(self) -> None:
        """What was read together with a reply makes no descriptor readable."""
        if self._loop is not None and self._running:
            self._loop.call_soon(self._take_cancel)

    def _take_cancel(self) -> None:
        if self._lane.has_more():
            self._lane.receive_cancel()

    def _cancel(self, task: int) -> None:
        if task == self._running:
            self._cancelled = True
            if self._task is not None:
                self._task.cancel()
