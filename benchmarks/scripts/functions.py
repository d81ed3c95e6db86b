# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls an offloaded function again and again from Orthanc's interpreter, and tells the time."""

from __future__ import annotations

import json
import platform
import time
from typing import Any

import orthanc

from orthanc_runtime import offload


@offload
def length(data: bytes) -> int:
    return len(data)


def on_calls(output: Any, _uri: str, **request: Any) -> None:
    calls, size = int(request["get"]["calls"]), int(request["get"]["size"])
    data = bytes(size)
    begin = time.perf_counter()
    for _ in range(calls):
        length(data)
    seconds = (time.perf_counter() - begin) / calls
    output.AnswerBuffer(json.dumps({"seconds": seconds}), "application/json")


def on_about(output: Any, _uri: str, **_request: Any) -> None:
    about = {"python": platform.python_version()}
    output.AnswerBuffer(json.dumps(about), "application/json")


orthanc.RegisterRestCallback("/calls", on_calls)
orthanc.RegisterRestCallback("/about", on_about)
