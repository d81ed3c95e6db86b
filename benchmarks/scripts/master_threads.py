# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads that keep the master interpreter busy, started and stopped over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

HOLD_DELAY = 0.1  # for the answer of the route that starts it

_stop = threading.Event()
_threads: list[threading.Thread] = []


def spin() -> None:
    """Pure Python: gives the GIL away when asked, and wants it back at once."""
    while not _stop.is_set():
        for _ in range(1000):
            pass


def hold(count: int) -> None:
    """One call in C that gives nothing away."""
    time.sleep(HOLD_DELAY)
    sum(range(count))


def start(work: Callable[[], None]) -> None:
    calm()
    _stop.clear()
    _threads.append(threading.Thread(target=work, daemon=True))
    _threads[-1].start()


def calm() -> None:
    _stop.set()
    while _threads:
        _threads.pop().join()


def on_spin(output: Any, _uri: str, **_request: Any) -> None:
    start(spin)
    output.AnswerBuffer(b"spinning", "text/plain")


def on_hold(output: Any, _uri: str, **request: Any) -> None:
    begin = time.perf_counter()
    sum(range(2_000_000))
    rate = 2_000_000 / (time.perf_counter() - begin)
    count = round(float(request["get"]["seconds"]) * rate)
    start(lambda: hold(count))
    output.AnswerBuffer(b"soon", "text/plain")


def on_calm(output: Any, _uri: str, **_request: Any) -> None:
    calm()
    output.AnswerBuffer(b"calm", "text/plain")
