# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single requests: to control a server, and where a load test would not do."""

from __future__ import annotations

import http.client

REQUEST_TIMEOUT = 60.0


class BadAnswerError(Exception):
    """A route that is to be measured does not answer 200: its time means nothing."""


class Client:
    """One keep-alive connection."""

    def __init__(self, port: int, timeout: float = REQUEST_TIMEOUT) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def get(self, path: str) -> bytes:
        reused = self._connection.sock is not None
        try:
            status, body = self._answer(path)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if not reused:
                raise
            # Orthanc drops a connection that was idle for a second.
            status, body = self._answer(path)
        if status != 200:
            raise BadAnswerError(f"{path}: {status} {body[:300]!r}")
        return body

    def close(self) -> None:
        self._connection.close()

    def _answer(self, path: str) -> tuple[int, bytes]:
        try:
            self._connection.request("GET", path)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # else it refuses the next request
            raise
