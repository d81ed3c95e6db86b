# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker that asks Orthanc for /system again and again, by each of its ways."""

from __future__ import annotations

import http.client
import json
import platform
import time
from collections.abc import Callable
from typing import Any

import orthanc
import requests

from orthanc_runtime import offload, rest


def by_rest(_port: int, _token: str) -> Callable[[], object]:
    return lambda: rest.get("/system").content


def by_requests(port: int, token: str) -> Callable[[], object]:
    session = requests.Session()
    session.headers["Authorization"] = token
    session.trust_env = False
    return lambda: session.get(f"http://127.0.0.1:{port}/system").content


def by_channel(_port: int, _token: str) -> Callable[[], object]:
    return lambda: orthanc.RestApiGet("/system")


def by_http_client(port: int, token: str) -> Callable[[], object]:
    connection = http.client.HTTPConnection("127.0.0.1", port)

    def ask() -> bytes:
        connection.request("GET", "/system", headers={"Authorization": token})
        return connection.getresponse().read()

    return ask


WAYS = {way.__name__: way for way in (by_rest, by_requests, by_channel, by_http_client)}


@offload
def on_ask(output: Any, _uri: str, **request: Any) -> None:
    arguments = request["get"]
    token = orthanc.GenerateRestApiAuthorizationToken()
    ask = WAYS[arguments["way"]](int(arguments["port"]), token)
    ask()
    calls = int(arguments["calls"])
    begin = time.perf_counter()
    for _ in range(calls):
        ask()
    seconds = (time.perf_counter() - begin) / calls
    output.AnswerBuffer(json.dumps({"seconds": seconds}), "application/json")


def on_about(output: Any, _uri: str, **_request: Any) -> None:
    about = {"python": platform.python_version()}
    output.AnswerBuffer(json.dumps(about), "application/json")


orthanc.RegisterRestCallback("/ask", on_ask)
orthanc.RegisterRestCallback("/about", on_about)
