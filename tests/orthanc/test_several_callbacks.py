# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several callbacks of one kind: their order, one that raises, and where they are registered."""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from late_routes import PATIENCE
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import threading
import orthanc

PLACE = "{place}"
NAMES = ["first", "second", "third"]
failing = set()

def run(kind, name, verdict=None):
    orthanc.LogWarning(f"RAN {{kind}} {{name}}")
    if kind in failing and name == "second":
        raise ValueError(f"{{kind}} of {{name}} raises")
    return verdict

def register(name):
    def changed(change, level, resource):
        if change == orthanc.ChangeType.NEW_INSTANCE:
            run("change", name)
    def stored(dicom, instance):
        run("stored", name)
    def received(dicom, origin):
        return run("received", name, (orthanc.ReceivedInstanceAction.KEEP_AS_IS, None))
    def dicom_filter(dicom):
        return run("dicom", name, True)
    def http_filter(uri, **request):
        return uri != "/filtered" or run("http", name, True)
    def metrics():
        run("metrics", name)
    orthanc.RegisterOnChangeCallback(changed)
    orthanc.RegisterOnStoredInstanceCallback(stored)
    orthanc.RegisterReceivedInstanceCallback(received)
    orthanc.RegisterIncomingDicomInstanceFilter(dicom_filter)
    orthanc.RegisterIncomingHttpRequestFilter(http_filter)
    orthanc.RegisterRefreshMetricsCallback(metrics)

def register_all(place):
    if place == PLACE:
        while NAMES:
            register(NAMES.pop(0))

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        register_all("started")
        orthanc.LogWarning("STARTED")

def on_request(output, uri, groups, **request):
    register_all("handler")
    thread = threading.Thread(target=register_all, args=["thread"])
    thread.start()
    thread.join()
    failing.clear()
    failing.add(groups[0])
    output.AnswerBuffer("done", "text/plain")

register_all("import")
orthanc.RegisterOnChangeCallback(on_change)
orthanc.RegisterRestCallback("/failing/(.*)", on_request)
orthanc.RegisterRestCallback(
    "/filtered", lambda output, uri, **request: output.AnswerBuffer("passed", "text/plain"))
"""
KINDS = {
    "change": ("the OnChange callback", 200),
    "stored": ("the OnStoredInstance callback", 200),
    "received": ("the ReceivedInstance callback", 200),
    # a filter that fails lets nothing in
    "dicom": ("the Python incoming-dicom-instance filter", 500),
    "http": ("the Python incoming-http-request filter", 500),
    "metrics": ("the refresh-metrics callback", 200),
}


def provoke(server: OrthancServer, kind: str) -> int:
    """What calls the callbacks; the status of the answer."""
    if kind == "http":
        return server.get("/filtered").status_code
    if kind == "metrics":
        return server.get("/tools/metrics-prometheus").status_code
    for instance in server.get("/instances").json():
        server.delete(f"/instances/{instance}")
    return server.post("/instances", dicom_bytes()).status_code


@pytest.fixture(scope="module", params=["import", "started", "handler", "thread"])
def server(request: pytest.FixtureRequest, shared_orthanc: Any) -> OrthancServer:
    """``import``: registered when the script is imported; the other places are later ones."""
    started: OrthancServer = shared_orthanc(SCRIPT.format(place=request.param))
    started.wait_log("STARTED")
    assert started.get("/failing/none", timeout=PATIENCE).text == "done"
    return started


@pytest.mark.parametrize("kind", KINDS)
def test_all_run_in_their_order(server: OrthancServer, kind: str) -> None:
    start = len(server.log)
    assert provoke(server, kind) == 200
    for name in ("first", "second", "third"):
        start = server.wait_log(f"RAN {kind} {name}", start=start).end()


@pytest.mark.parametrize("kind", KINDS)
def test_one_that_raises_does_not_stop_the_others(server: OrthancServer, kind: str) -> None:
    what, status = KINDS[kind]
    assert server.get(f"/failing/{kind}").text == "done"
    start = len(server.log)
    assert provoke(server, kind) == status
    first = server.wait_log(f"RAN {kind} first", start=start)
    second = server.wait_log(f"RAN {kind} second", start=first.end())
    logged = server.wait_log(f"Error in {what}, traceback:", start=second.end())
    server.wait_log(r"script\.py", start=logged.end())
    server.wait_log(f"ValueError: {kind} of second raises", start=logged.end())
    server.wait_log(f"RAN {kind} third", start=logged.end())
    server.get("/failing/none")
