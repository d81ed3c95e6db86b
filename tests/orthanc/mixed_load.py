# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A script, clients that use all of it, and how large its server has become."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from server import OrthancServer

SCRIPT = """
    import json, os
    import numpy
    import orthanc
    from orthanc_runtime import offload, rest

    @offload
    def echo(output, uri, **request):
        output.AnswerBuffer(request.get("body") or request["groups"][0], "text/plain")

    @offload
    def calls(output, uri, **request):
        name = json.loads(orthanc.RestApiGet("/system"))["Name"]
        output.AnswerBuffer(name + rest.get("/system").json()["Name"], "text/plain")

    @offload
    def fails(output, uri, **request):
        raise LookupError("gone")

    @offload
    def square(array):
        return array * array

    def array(output, uri, **request):
        output.AnswerBuffer(str(square(numpy.arange(1000)).sum()), "text/plain")

    orthanc.RegisterRestCallback("/echo/(.*)", echo)
    orthanc.RegisterRestCallback("/calls", calls)
    orthanc.RegisterRestCallback("/fails", fails)
    orthanc.RegisterRestCallback("/array", array)
"""
CLIENTS = 8
MEBIBYTE = 2**20
ROUND = {"/echo/a": 200, "/calls": 200, "/fails": 500, "/array": 200, "/echo/upload": 200}


def one_round(session: requests.Session, server: OrthancServer) -> Counter[tuple[str, int]]:
    seen: Counter[tuple[str, int]] = Counter()
    for path in ROUND:
        method = "POST" if path.endswith("upload") else "GET"
        data = os.urandom(50_000) if method == "POST" else None
        answer = session.request(method, server.url + path, data=data, timeout=60)
        if data is not None:
            assert answer.content == data
        seen[path, answer.status_code] += 1
    return seen


def load(server: OrthancServer, goes_on: Callable[[], bool]) -> Counter[tuple[str, int]]:
    def client(_: int) -> Counter[tuple[str, int]]:
        seen: Counter[tuple[str, int]] = Counter()
        with requests.Session() as session:
            while goes_on():
                # Orthanc drops a connection that is idle for a second, perhaps just when a slow
                # client sends the next request into it.
                session.close()
                seen += one_round(session, server)
        return seen

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, range(CLIENTS)), Counter())


def rounds(number: int) -> Callable[[], bool]:
    left = iter(range(number))
    lock = threading.Lock()

    def goes_on() -> bool:
        with lock:
            return next(left, None) is not None

    return goes_on


def size(server: OrthancServer) -> tuple[float, int, int]:
    """Resident memory in MiB, descriptors and processes of an idle server."""
    deadline = time.monotonic() + 30
    while True:
        (pool,) = server.get("/python-runtime/status").json()["Pools"]
        if [worker["State"] for worker in pool["Workers"]] == ["idle"] * pool["Count"]:
            break
        assert time.monotonic() < deadline, pool
    resident = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1]) * 4096 / MEBIBYTE
    descriptors = len(list(Path(f"/proc/{server.pid}/fd").iterdir()))
    return resident, descriptors, len(server.children())
