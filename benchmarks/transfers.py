# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large bodies, one request after the other, by a client that copies nothing twice."""

from __future__ import annotations

import http.client
import statistics
import time
from contextlib import closing

from benchmarks.http_client import REQUEST_TIMEOUT, BadAnswerError
from benchmarks.question import Figures


class Transfer:
    """``times`` requests, each on a connection of its own; the figure is the median.

    With ``sent`` they are uploads, whose handler answers how many bytes came; else ``expected``
    bytes have to come as the answer.
    """

    def __init__(
        self, port: int, path: str, times: int, *, sent: bytes = b"", expected: int = 0
    ) -> None:
        self._port = port
        self._path = path
        self._times = times
        self._sent = sent
        self._expected = expected
        self._buffer = bytearray(max(expected, 64))  # its pages are there before anything is timed

    def __call__(self) -> Figures:
        seconds = statistics.median(self._request() for _ in range(self._times))
        size = max(len(self._sent), self._expected)
        return {"seconds": seconds, "rate": size / seconds}

    def _request(self) -> float:
        # Orthanc drops a connection that was idle for a second, as between two rounds.
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=REQUEST_TIMEOUT)
        with closing(connection):
            connection.connect()
            begin = time.perf_counter()
            connection.request("POST" if self._sent else "GET", self._path, self._sent or None)
            answer = connection.getresponse()
            size = _read(answer, self._buffer)
            seconds = time.perf_counter() - begin
        body = bytes(self._buffer[: min(size, 64)])
        complete = size == self._expected if self._expected else body == b"%d" % len(self._sent)
        if answer.status != 200 or not complete:
            raise BadAnswerError(f"{self._path}: {answer.status}, {size} bytes, {body!r}")
        return seconds


def _read(answer: http.client.HTTPResponse, buffer: bytearray) -> int:
    """Of a longer body, as many bytes as there is room for, and one."""
    view = memoryview(buffer)
    size = 0
    while size < len(buffer):
        count = answer.readinto(view[size:])
        if count == 0:
            return size
        size += count
    return size + len(answer.read(1))
