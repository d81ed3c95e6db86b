# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The closed loop of a load test: each connection sends its next request after each answer.

Written on uvloop protocols because a general HTTP client, at one or two thousand requests per
second and core, would measure itself instead of Orthanc.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

from orthanc_runtime.cli.http_answer import AnswerError, AnswerParser
from orthanc_runtime.cli.http_target import CONNECT_TIMEOUT, Target, describe

_SWEEP = 0.1  # how often deadlines are looked at, in seconds


@dataclass
class Level:
    """What one URL did at one concurrency."""

    url: str
    concurrency: int
    seconds: float = 0.0
    complete: bool = False
    latencies: list[float] = field(default_factory=list)  # seconds, of successful answers
    ends: list[float] = field(default_factory=list)  # when these came, on the same clock as began
    began: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


async def run_level(target: Target, level: Level, requests: int, timeout: float) -> None:
    """Send ``requests`` over ``level.concurrency`` connections; fills ``level`` as it goes."""
    loop = asyncio.get_running_loop()
    budget = _Budget(requests)
    clients = [_Client(loop, target, level, budget, timeout) for _ in range(level.concurrency)]
    begin = level.began = time.perf_counter()
    try:
        for client in clients:
            client.ask()
        pending = [client.finished for client in clients]
        while pending:
            _, running = await asyncio.wait(pending, timeout=_SWEEP)
            pending = list(running)
            for client in clients:
                client.enforce_deadline()
        level.complete = True
    finally:
        end = max(client.last for client in clients) if level.complete else time.perf_counter()
        level.seconds = max(end - begin, 1e-9)
        for client in clients:
            client.close()


class _Budget:
    """Requests that no connection has taken yet."""

    def __init__(self, requests: int) -> None:
        self._left = requests

    def take(self) -> bool:
        self._left -= 1
        return self._left >= 0


class _Connection(asyncio.Protocol):
    """One TCP connection; it knows its client only as long as the client uses it."""

    def __init__(self, client: _Client) -> None:
        self._client: _Client | None = client
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast: uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def send(self, request: bytes) -> None:
        if self._transport is not None:
            self._transport.write(request)

    def drop(self) -> None:
        self._client = None
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._client is not None:
            self._client.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._client is not None:
            self._client.lose(exc)


class _Client:
    """Asks, waits for the answer, asks again; opens a connection where it has none."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        target: Target,
        level: Level,
        budget: _Budget,
        timeout: float,
    ) -> None:
        self.finished: asyncio.Future[None] = loop.create_future()
        self.last = 0.0  # when the last request ended
        self._loop = loop
        self._target = target
        self._level = level
        self._budget = budget
        self._timeout = timeout
        self._parser = AnswerParser()
        self._connection: _Connection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._sent = 0.0
        self._waiting = False  # a request is out

    def ask(self) -> None:
        """Send the next request, or finish when there is none left."""
        if self.finished.done():
            return
        if not self._budget.take():
            self.finished.set_result(None)
            return
        self._waiting = True
        self._sent = time.perf_counter()
        self._parser.reset()
        if self._connection is None:
            self._connecting = self._loop.create_task(self._connect())
        else:
            self._connection.send(self._target.request)

    def enforce_deadline(self) -> None:
        if (
            self._waiting
            and self._connecting is None  # it has a deadline of its own
            and time.perf_counter() - self._sent > self._timeout
        ):
            self._fail("timeout")

    def close(self) -> None:
        self._waiting = False
        if not self.finished.done():
            self.finished.cancel()
        if self._connecting is not None:
            self._connecting.cancel()
        self._drop()

    def receive(self, data: bytes) -> None:
        if not self._waiting:
            return
        try:
            complete = self._parser.feed(data)
        except AnswerError as error:
            self._fail(str(error))
        else:
            if complete:
                self._succeed()

    def lose(self, exc: Exception | None) -> None:
        """The server closed the connection, or the network did."""
        self._connection = None
        if not self._waiting:
            return
        if exc is None and self._parser.ends_at_eof:
            self._succeed()
        elif exc is not None:
            self._fail(describe(exc))
        else:
            where = "in the middle of an answer" if self._parser.started else "without an answer"
            self._fail(f"connection closed {where}")

    async def _connect(self) -> None:
        target = self._target
        opening = self._loop.create_connection(
            lambda: _Connection(self), target.host, target.port, ssl=target.tls
        )
        try:
            _, connection = await asyncio.wait_for(opening, min(CONNECT_TIMEOUT, self._timeout))
        except (OSError, TimeoutError) as error:
            self._connecting = None
            self._fail(f"connect: {describe(error)}")
        else:
            self._connecting = None
            self._connection = connection
            connection.send(target.request)

    def _succeed(self) -> None:
        self.last = time.perf_counter()
        status = self._parser.status
        self._level.statuses[status] += 1
        if status < 400:
            self._level.latencies.append(self.last - self._sent)
            self._level.ends.append(self.last)
        self._waiting = False
        if self._parser.closes:
            self._drop()
        self.ask()

    def _fail(self, reason: str) -> None:
        self.last = time.perf_counter()
        self._level.errors[reason] += 1
        self._waiting = False
        self._drop()
        # Through the loop: a server that refuses at once must not make this recurse.
        self._loop.call_soon(self.ask)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.drop()
