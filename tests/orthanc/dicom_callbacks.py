# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts whose DICOM callbacks do what the test says, and tell how they were called."""

from __future__ import annotations

import json
from typing import Any

from server import OrthancServer

CONFIG = {
    "DicomServerEnabled": True,
    "DicomAlwaysAllowFind": True,
    "DicomAlwaysAllowFindWorklist": True,
    "DicomAlwaysAllowMove": True,
    "DicomAlwaysAllowStore": True,
    "DicomCheckCalledAet": False,
    "OverwriteInstances": True,
}

SCRIPT = r"""
import json
import orthanc

ACTIONS = {}
CALLS = []
KEPT = []

def fail(error):
    raise error

def call(callback, *arguments, **names):
    # what the test wants the callback to do, an expression
    CALLS.append([callback, *arguments])
    return eval(ACTIONS.get(callback, "None"), dict(globals(), **names))

def error_of(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing raised"

def set_actions(output, uri, **request):
    ACTIONS.clear()
    ACTIONS.update(json.loads(request["body"]))
    CALLS.clear()
    KEPT.clear()
    output.AnswerBuffer("{}", "application/json")

def calls(output, uri, **request):
    output.AnswerBuffer(json.dumps(CALLS), "application/json")

def evaluate(output, uri, **request):
    output.AnswerBuffer(json.dumps(eval(request["body"])), "application/json")

orthanc.RegisterRestCallback("/actions", set_actions)
orthanc.RegisterRestCallback("/calls", calls)
orthanc.RegisterRestCallback("/evaluate", evaluate)
"""


def set_actions(server: OrthancServer, **actions: str) -> None:
    """Let the named callbacks do what the expressions say; forget the calls."""
    assert server.post("/actions", json.dumps(actions)).status_code == 200


def calls(server: OrthancServer, *callbacks: str) -> list[Any]:
    """Each call of these callbacks, or of all: name and arguments."""
    found: list[Any] = server.get("/calls").json()
    return [call for call in found if not callbacks or call[0] in callbacks]


def evaluate(server: OrthancServer, expression: str) -> Any:
    """The value of an expression in the script."""
    answer = server.post("/evaluate", expression)
    assert answer.status_code == 200, answer.text
    return answer.json()
