# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Web server that tells what it was asked, for the HTTP clients of Orthanc."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """``/echo``: the request as JSON; ``/back``: its body; ``/large/N``: N KiB; ``/status/N``."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self._body()
        kind, _, number = self.path.removeprefix("/").partition("/")
        if kind == "status":
            self._answer(int(number), b"the answer of an error")
        elif kind == "large":
            self.send_response(200)
            self.send_header("Content-Length", str(int(number) * 1024))
            self.end_headers()
            for index in range(int(number)):
                self.wfile.write(bytes([index % 251]) * 1024)
        elif kind == "back":
            self._answer(200, body)
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            told = {"method": self.command, "headers": headers, "body": body.decode("latin-1")}
            self._answer(200, json.dumps(told).encode())

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        parts = []
        # nothing where the client ends in the middle of its request
        while size := int(self.rfile.readline() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Server", "that of the test")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Not into the output of the tests."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that end in the middle of a transfer are what some tests are about."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def web_server() -> Iterator[str]:
    """Its URL."""
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
