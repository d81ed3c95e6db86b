# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin that was built with the SDK of a newer Orthanc than the one that runs it.

``make test-newer-sdk SDK=...`` builds such a plugin.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from both_places import PLACES, REGISTER
from sdk_version import built_with, orthanc_version
from server import OrthancServer

from orthanc_runtime.sdk import SINCE

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.skipif(
        built_with() <= orthanc_version(), reason="needs a plugin for a newer Orthanc"
    ),
]

UNKNOWN_PLUGIN_SERVICE = 26

SCRIPT = f"""
{REGISTER}
import json
from orthanc_runtime import sdk

def call(function):
    try:
        function()
    except orthanc.OrthancException as error:
        return [int(error.args[0]), error.args[1]]
    except Exception as error:
        return repr(error)

def refusals(output, uri, **request):
    newer = set(json.loads(request["body"]))
    answers = {{}}
    for name in newer:
        owner, _, function = name.rpartition(".")
        found = getattr(getattr(orthanc, owner) if owner else orthanc, function, None)
        if owner not in newer and found is not None and not isinstance(found, type):
            answers[name] = call(found)
    output.AnswerBuffer(json.dumps(answers), "application/json")

register("/refusals", refusals)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    return started


@pytest.mark.parametrize("place", PLACES)
def test_what_the_running_orthanc_lacks(server: OrthancServer, place: str) -> None:
    """It is listed at the start, and each of it raises, in Orthanc and in a worker."""
    running = orthanc_version()
    newer = {name: since for name, since in SINCE.items() if since > running}
    answer = server.post(f"{place}/refusals", data=json.dumps(list(newer)))
    assert answer.status_code == 200, answer.text
    refusals = answer.json()
    assert {"LogMessage", "GetDatabaseServerIdentifier"} <= refusals.keys()
    assert refusals == {
        name: [
            UNKNOWN_PLUGIN_SERVICE,
            f"orthanc.{name} needs Orthanc {text(newer[name])}, this is Orthanc {text(running)}",
        ]
        for name in refusals
    }
    assert (
        f"this plugin was built with the SDK of a newer Orthanc than {text(running)}, which has no "
        + ", ".join(sorted(refusals))
    ) in server.log


def text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
