# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system has no thread left, as at the ``pids.max`` of a container; later it has."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from orthanc_runtime.coroutine_loop import CoroutineLoop
from orthanc_runtime.errors import PoolSaturated
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.submissions import Submissions
from orthanc_runtime.supervisor import begin_threads

pytestmark = pytest.mark.unit

MESSAGE = "can't start new thread"


class SilentLog:
    def write(self, code: LogCode, message: str, *, worker: int = 0, handler: str = "") -> None:
        """Nowhere."""


@pytest.fixture
def threads_left(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many can be started from now on."""
    real, left = threading.Thread.start, [0]

    def start(thread: threading.Thread) -> None:
        if left[0] == 0:
            raise RuntimeError(MESSAGE)
        left[0] -= 1
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    return lambda number: left.__setitem__(0, number)


def soon() -> float:
    return time.monotonic() + 10


def test_coroutines(threads_left: Callable[[int], None]) -> None:
    async def answer() -> int:
        return 7

    loop = CoroutineLoop(SilentLog())
    with pytest.raises(RuntimeError, match=MESSAGE):
        loop.run(answer())
    threads_left(1)
    assert loop.run(answer()) == 7
    assert loop.stop(soon())


def test_a_stop_without_the_thread_of_coroutines(threads_left: Callable[[int], None]) -> None:
    async def answer() -> None: ...

    threads_left(0)
    loop = CoroutineLoop(SilentLog())
    with pytest.raises(RuntimeError, match=MESSAGE):
        loop.run(answer())
    assert loop.stop(soon())


def test_submitted_calls(threads_left: Callable[[int], None]) -> None:
    submissions = Submissions(4, 2, SilentLog())
    for _ in range(3):
        with pytest.raises(PoolSaturated, match=MESSAGE):
            submissions.submit("f", lambda: pytest.fail("it was refused"))
    threads_left(1)
    assert submissions.submit("f", lambda: 1).result(10) == 1
    assert submissions.submit("f", lambda: 2).result(10) == 2
    assert submissions.stop(soon())


@pytest.mark.parametrize("number", [0, 1])
def test_threads_that_are_needed_later(threads_left: Callable[[int], None], number: int) -> None:
    with ThreadPoolExecutor(2) as executor:
        threads_left(number)
        with pytest.raises(RuntimeError, match=MESSAGE):
            begin_threads(executor, 2)
    with ThreadPoolExecutor(2) as executor:
        threads_left(2)
        begin_threads(executor, 2)
        done: Any = list(executor.map(lambda value: value, range(4)))
    assert done == [0, 1, 2, 3]
