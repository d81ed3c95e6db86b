# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A closed loop of n clients as figures."""

from __future__ import annotations

import time

import uvloop

from benchmarks.cpu_time import cpu_seconds
from benchmarks.http_client import REQUEST_TIMEOUT, BadAnswerError
from benchmarks.question import Figures
from orthanc_runtime.cli.http_load import Level, run_level
from orthanc_runtime.cli.http_target import make_target
from orthanc_runtime.cli.load_report import percentile


class Load:
    """``clients`` connections, each asking again after each answer, for about ``seconds``.

    The first call is the warm-up and finds the number of requests; later calls send that many, so
    that a request on its way at the end is waited for instead of being lost.
    """

    def __init__(self, url: str, clients: int, seconds: float, server: int | None = None) -> None:
        """``server`` is the process whose time is to be measured, too."""
        self._url = url
        self._clients = clients
        self._seconds = seconds
        self._server = server
        self._requests: int | None = None

    def __call__(self) -> Figures:
        if self._requests is None:
            self._requests = self._calibrate()
        client = time.process_time()
        server = 0.0 if self._server is None else cpu_seconds(self._server)
        level = run_load(self._url, self._clients, self._requests)
        client = time.process_time() - client
        figures = level_figures(level) | {"client_load": client / level.seconds}
        if self._server is not None:
            figures["cpu"] = (cpu_seconds(self._server) - server) / len(level.latencies)
        return figures

    def _calibrate(self) -> int:
        """Requests that take the wanted time, found with larger and larger samples."""
        requests = max(2 * self._clients, 10)
        while True:
            level = run_load(self._url, self._clients, requests)
            enough = requests * self._seconds / level.seconds
            if level.seconds > self._seconds / 4:
                return max(round(enough), self._clients, 5)
            requests = round(min(enough, requests * 8))


class Batch:
    """``clients`` requests at the same time, once; the figure is the time until all answered."""

    def __init__(self, url: str, clients: int) -> None:
        self._url = url
        self._clients = clients

    def __call__(self) -> Figures:
        return level_figures(run_load(self._url, self._clients, self._clients))


def run_load(url: str, clients: int, requests: int) -> Level:
    """One level of the package's load test; every answer must be 200."""
    level = Level(url, clients)
    uvloop.run(run_level(make_target(url, []), level, requests, REQUEST_TIMEOUT))
    wrong = {status: count for status, count in level.statuses.items() if status != 200}
    if wrong or level.errors:
        raise BadAnswerError(f"{url} with {clients} clients: {wrong or dict(level.errors)}")
    return level


def level_figures(level: Level) -> dict[str, float]:
    rate = {"seconds": level.seconds, "throughput": len(level.latencies) / level.seconds}
    return rate | latency_figures(level.latencies)


def latency_figures(latencies: list[float]) -> dict[str, float]:
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    if p50 is None or p99 is None:
        return {}
    return {"p50": p50, "p99": p99, "max": max(latencies), "answers": len(latencies)}
