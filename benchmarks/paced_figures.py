# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests at fixed times, however long the answers take.

A client that waits for its answer before it asks again meets a server that stands still only once,
and then counts all the quick answers in between. Here every moment counts the same.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.http_client import Client
from benchmarks.http_figures import latency_figures
from benchmarks.question import Figures

# Below Orthanc's HTTP threads; a request that finds all busy waits here, and that counts, too.
CONNECTIONS = 40


class Paced:
    """A request every ``interval`` for ``seconds``; latencies count from the planned time."""

    def __init__(self, port: int, path: str, interval: float, seconds: float) -> None:
        self._port = port
        self._path = path
        self._interval = interval
        self._count = round(seconds / interval)
        self._local = threading.local()
        self._clients: list[Client] = []

    def __call__(self) -> Figures:
        return latency_figures(self.latencies())

    def latencies(self) -> list[float]:
        begin = time.perf_counter()
        planned = [begin + number * self._interval for number in range(self._count)]
        try:
            with ThreadPoolExecutor(CONNECTIONS) as executor:
                futures = []
                for due in planned:
                    time.sleep(max(due - time.perf_counter(), 0))
                    futures.append(executor.submit(self._ask))
            ends = [future.result() for future in futures]
        finally:
            for client in self._clients:
                client.close()
            self._clients.clear()
        return [end - due for end, due in zip(ends, planned, strict=True)]

    def _ask(self) -> float:
        if not hasattr(self._local, "client"):
            self._local.client = Client(self._port)
            self._clients.append(self._local.client)
        self._local.client.get(self._path)
        return time.perf_counter()
