# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterRefreshMetricsCallback: metrics that are up to date when somebody asks for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import orthanc

counts = {}

def register(name, function=lambda: None):
    def refresh(*nothing):
        assert nothing == ()
        counts[name] = counts.get(name, 0) + 1
        orthanc.SetMetricsValue("count_" + name, counts[name], orthanc.MetricsType.DEFAULT)
        function()
    orthanc.RegisterRefreshMetricsCallback(refresh)

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        register("started", lambda: counts["started"] == 1 and register("within"))
        orthanc.LogWarning("REGISTERED")

%s

def handler(output, uri, groups, **request):
    register(groups[0])
    output.AnswerBuffer("registered", "text/plain")

orthanc.RegisterRestCallback("/register/(.*)", handler)

def inner(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGet("/tools/metrics-prometheus"), "text/plain")

orthanc.RegisterRestCallback("/inner", inner)

def refuse(output, uri, **request):
    try:
        orthanc.RegisterRefreshMetricsCallback(5)
    except TypeError as error:
        output.AnswerBuffer(str(error), "text/plain")

orthanc.RegisterRestCallback("/refuse", refuse)
"""
AT_IMPORT = """
orthanc.RegisterOnChangeCallback(on_change)
register("first")
register("fails", lambda: 1 / 0)
register("last")
"""


def counts(text: str) -> dict[str, float]:
    """The metrics of the script, by name."""
    lines = [line.split() for line in text.splitlines() if line.startswith("count_")]
    return {name.removeprefix("count_"): float(value) for name, value, *_ in lines}


def shown(server: OrthancServer) -> dict[str, float]:
    answer = server.get("/tools/metrics-prometheus", timeout=10)
    assert answer.status_code == 200
    return counts(answer.text)


def test_all_callbacks_run_and_one_that_fails_is_logged(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT % AT_IMPORT)
    server.wait_log("REGISTERED")
    start = len(server.log)
    everyone = {"first": 1, "fails": 1, "last": 1, "started": 1}
    assert shown(server) == everyone
    server.wait_log("Error in the refresh-metrics callback", start=start)
    assert "ZeroDivisionError" in server.log[start:]
    # the next time with the one that was registered by a callback
    twice = dict.fromkeys(everyone, 2) | {"within": 1}
    assert shown(server) == twice
    assert server.get("/register/handler", timeout=10).text == "registered"
    third = dict.fromkeys(everyone, 3) | {"within": 2, "handler": 1}
    assert counts(server.get("/inner", timeout=10).text) == third
    with ThreadPoolExecutor(8) as executor:
        list(executor.map(lambda _: shown(server), range(40)))
    assert shown(server)["first"] == 44
    assert server.get("/refuse").text == "RegisterRefreshMetricsCallback needs a callable, not int"


def test_a_handler_registers(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT % "")
    assert server.get("/register/handler", timeout=10).text == "registered"
    assert shown(server)["handler"] == 1
