# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The asyncio loop of a worker, for handlers and functions that are coroutines."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import TYPE_CHECKING, Any

from orthanc_runtime.errors import NestedCoroutine
from orthanc_runtime.event_loops import in_event_loop

if TYPE_CHECKING:
    from collections.abc import Coroutine


class WorkerLoop:
    """One loop for the life of the worker, so that clients may be kept from task to task.

    It runs in the thread that made this, and only while a coroutine does: what a task leaves
    behind goes on with the next one.
    """

    def __init__(self) -> None:
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
        if self._loop is None:
            # takes long to import: only workers with coroutines pay
            import uvloop

            self._loop = uvloop.new_event_loop()
        return self._loop.run_until_complete(coroutine)
