# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a caller may wait, and coroutines for those who may."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def in_event_loop() -> bool:
    """An event loop runs in this thread: it must not wait for a coroutine, but await it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def finish_apart(returned: Any) -> Any:
    """What a function has returned: where that is a coroutine, its result, from a thread and an
    event loop of its own."""
    if not inspect.iscoroutine(returned):
        return returned
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, returned).result()


def is_coroutine_function(function: object) -> bool:
    """``async def``, also as method, partial, or ``__call__`` of an object."""
    call = vars(type(function)).get("__call__")
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
