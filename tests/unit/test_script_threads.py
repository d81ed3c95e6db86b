# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading
import time

import pytest

from orthanc_runtime.script_threads import end_threads, running_threads

pytestmark = [
    pytest.mark.unit,
    # threads that are meant to end by an exception
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
]


def test_a_thread_that_runs_python_is_ended() -> None:
    counted = [0]

    def count() -> None:
        while True:
            counted[0] += 1

    thread = threading.Thread(target=count, name="counter", daemon=True)
    thread.start()
    assert thread in running_threads()
    assert thread not in running_threads([thread])
    assert end_threads([thread], time.monotonic() + 20) == []
    assert not thread.is_alive()


def test_a_thread_that_waits_is_named_and_ends_when_it_wakes() -> None:
    event = threading.Event()
    thread = threading.Thread(target=event.wait, name="waiter", daemon=True)
    thread.start()
    assert end_threads([thread], time.monotonic() + 0.05) == ["waiter"]
    event.set()
    thread.join(20)
    assert not thread.is_alive()
