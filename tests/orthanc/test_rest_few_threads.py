# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest`` in workers of an Orthanc that has few HTTP threads."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from launcher import Launcher
from rest_roads import SCRIPT, evaluate, goes_over_http
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SOCKETS = "len([1 for n in os.listdir('/proc/self/fd') if is_socket(n)])"


@contextlib.contextmanager
def connections(server: OrthancServer, count: int) -> Iterator[None]:
    """Clients that have begun a request, so that each has an HTTP thread."""
    server.session.close()  # the next connection is accepted after these
    with contextlib.ExitStack() as clients:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", server.http_port), 10)
            clients.enter_context(client)
            client.sendall(b"GET /system HTTP/1.1\r\n")
        yield


def soon(condition: Callable[[], bool]) -> bool:
    """Connections are counted every now and then."""
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("transport", ["Auto", "Channel"])
def test_no_load_starves(orthanc: Launcher, transport: str) -> None:
    """Every HTTP thread holds a request of a worker, which calls back three times, or waits a
    second for another request of a client that keeps its connection."""
    workers = {"Count": 2, "MaximumQueued": 1000, "RestTransport": transport}
    server = orthanc(SCRIPT, config={"HttpThreadsCount": 5, "Python": {"Workers": workers}})
    answers = [server.in_background("/three") for _ in range(64)]
    found = [answer.result(90) for answer in answers]
    assert [answer.status_code for answer in found] == [200] * 64
    assert {answer.text for answer in found} == {"[200, 200, 200, true]"}


def test_auto_leaves_half_of_the_threads_to_clients(orthanc: Launcher) -> None:
    workers = {"Count": 1, "RestTransport": "Auto"}
    server = orthanc(SCRIPT, config={"HttpThreadsCount": 8, "Python": {"Workers": workers}})
    assert goes_over_http(server)
    with connections(server, 5):
        assert soon(lambda: not goes_over_http(server))
    assert soon(lambda: goes_over_http(server))


def test_auto_keeps_no_connection_where_threads_are_few(orthanc: Launcher) -> None:
    workers = {"Count": 1, "RestTransport": "Auto"}
    server = orthanc(SCRIPT, config={"HttpThreadsCount": 8, "Python": {"Workers": workers}})
    asks_and_counts = f"[rest.get('/system').status_code, {SOCKETS}]"
    without = evaluate(server, SOCKETS)
    assert evaluate(server, asks_and_counts) == [200, without + 1]
    with connections(server, 5):
        assert soon(lambda: evaluate(server, asks_and_counts) == [200, without])
