# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate expressions in the master interpreter of a running Orthanc."""

from __future__ import annotations

import json
from typing import Any

from server import OrthancServer

SCRIPT = r"""
import enum, inspect, json, mmap, pickle, tempfile
import orthanc

# one byte more than the SDK can take; none of them is ever touched
BEYOND = mmap.mmap(-1, 2**32, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)

def evaluate(output, uri, **request):
    names = dict(globals(), body=request["body"])
    expression = request["headers"]["expression"]
    try:
        value = eval(expression, names)
        answer = {"type": type(value).__name__}
        if isinstance(value, bytes):
            answer["value"] = value.decode("latin-1")
        elif isinstance(value, (str, int, float, type(None), dict, list, tuple)):
            answer["value"] = value
    except Exception as error:
        answer = {"error": type(error).__name__, "args": [str(a) for a in error.args]}
        if isinstance(error, orthanc.OrthancException):
            answer["code"] = int(error.args[0])
    output.AnswerBuffer(json.dumps(answer, default=str), "application/json")

orthanc.RegisterRestCallback("/evaluate", evaluate)
"""


def evaluate(server: OrthancServer, expression: str, body: bytes = b"") -> dict[str, Any]:
    """The type and value of the expression, or its error; ``body`` is a name in it."""
    answer = server.post("/evaluate", body, headers={"Expression": expression})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found
