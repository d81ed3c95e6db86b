# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests of a test to its server."""

from __future__ import annotations

import time
from typing import Any

import requests

REQUEST_TIMEOUT = 40.0  # seconds
IDLE_CONNECTION = 0.5


class HttpClient:
    """Keeps its connections; what it returns is that of requests, whose options it takes."""

    def __init__(self) -> None:
        self.session = requests.Session()
        # Proxies of the environment are about other servers.
        self.session.trust_env = False
        self._last_request = 0.0

    @property
    def url(self) -> str:
        """Of the server, without a slash at the end."""
        raise NotImplementedError

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request to a route, by default with a deadline for each part of the answer."""
        options.setdefault("timeout", REQUEST_TIMEOUT)
        # Orthanc drops a connection after a second without a request, maybe just as it is used.
        now = time.monotonic()
        if now - self._last_request > IDLE_CONNECTION:
            self.session.close()
        self._last_request = now
        return self.session.request(method, self.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, data: Any = b"", **options: Any) -> requests.Response:
        return self.request("POST", path, data=data, **options)

    def put(self, path: str, data: Any = b"", **options: Any) -> requests.Response:
        return self.request("PUT", path, data=data, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.request("DELETE", path, **options)
