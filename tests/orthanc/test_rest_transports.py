# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roads of ``rest`` in a worker: which is taken where, and what else it can do there."""

from __future__ import annotations

import json
import re

import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from rest_roads import SCRIPT, TRANSPORTS, evaluate, goes_over_http, start_each
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


@pytest.fixture(scope="module")
def servers(shared_orthanc: Launcher) -> dict[str, OrthancServer]:
    return start_each(shared_orthanc)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_streams(servers: dict[str, OrthancServer], transport: str) -> None:
    server = servers[transport]
    (identifier,) = server.get("/instances").json()
    uri = f"/instances/{identifier}/file"
    pieces = (
        f"(lambda r: [r.status_code, sum(map(len, r.iter_content(1000))), r.close()])"
        f"(rest.get({uri!r}, stream=True))"
    )
    size = len(dicom_bytes("CT_small.dcm"))
    for _ in range(20):
        assert evaluate(server, pieces) == [200, size, None]
    unread = f"[rest.get({uri!r}, stream=True).status_code for _ in range(5)]"
    assert evaluate(server, unread) == [200] * 5


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_what_is_not_orthanc_is_refused(servers: dict[str, OrthancServer], transport: str) -> None:
    kind, _ = evaluate(servers[transport], "rest.get('http://127.0.0.2:1/')")
    assert kind == "InvalidURL"


@pytest.mark.parametrize("transport", ["Http", "Auto"])
def test_a_forked_child_uses_http(servers: dict[str, OrthancServer], transport: str) -> None:
    assert evaluate(servers[transport], "forked(lambda: rest.get('/system').status_code)") == "200"
    assert evaluate(servers[transport], "rest.get('/system').status_code") == 200


def test_a_forked_child_has_no_channel(servers: dict[str, OrthancServer]) -> None:
    attempt = "forked(lambda: outcome(lambda: rest.get('/system')))"
    assert evaluate(servers["Channel"], attempt) == "NotInWorker"
    assert evaluate(servers["Channel"], "rest.get('/system').status_code") == 200


@pytest.mark.parametrize(
    ("transport", "seen"), [("Http", True), ("Auto", True), ("Channel", False)]
)
def test_the_road_that_is_taken(
    servers: dict[str, OrthancServer], transport: str, seen: bool
) -> None:
    assert goes_over_http(servers[transport]) == seen


@pytest.mark.parametrize("transport", ["Auto", "Channel"])
def test_without_an_http_server(orthanc: Launcher, transport: str) -> None:
    script = """
        import json
        import orthanc
        from orthanc_runtime import offload, rest

        @offload
        def ask():
            try:
                url = rest.url
            except RuntimeError as error:
                url = str(error)
            return rest.get("/system").json()["Name"], rest.get("/nope").status_code, url

        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STARTED:
                orthanc.LogWarning("ASKED " + json.dumps(ask()))

        orthanc.RegisterOnChangeCallback(changed)
    """
    config = {
        "HttpServerEnabled": False,
        "Python": {"Workers": {"Count": 1, "RestTransport": transport}},
    }
    asked = orthanc(script, config=config).wait_log(r"ASKED (.*)")[1]
    name, status, url = json.loads(asked)
    assert (name, status) == ("orthanc-runtime-tests", 404)
    assert "HttpServerEnabled is false" in url


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_within_a_callback_that_holds_the_lock_of_orthanc(
    orthanc: Launcher, transport: str
) -> None:
    """An HTTP request would wait for the callback that waits for it."""
    script = """
        import orthanc
        from orthanc_runtime import offload, rest

        @offload(timeout=20)
        def ask(identifier):
            return rest.get(f"/instances/{identifier}/simplified-tags").json()["PatientID"]

        orthanc.RegisterOnStoredInstanceCallback(
            lambda dicom, identifier: orthanc.LogWarning("ASKED " + ask(identifier))
        )
    """
    workers = {"Count": 1, "RestTransport": transport}
    server = orthanc(script, config={"Python": {"Workers": workers}})
    server.upload(dicom_bytes("CT_small.dcm"))
    assert server.wait_log(r"ASKED (.*)")[1].strip() == "1CT1"


@pytest.mark.parametrize("callback", ["stored", "lambda *given: stored(given[1])"])
@pytest.mark.parametrize("transport", ["Http", "Auto"])
def test_a_request_that_brings_about_a_callback_in_a_worker(
    orthanc: Launcher, transport: str, callback: str
) -> None:
    """The only worker asks for what needs a worker: by HTTP both would wait."""
    script = f"""
        import orthanc
        from orthanc_runtime import offload, rest

        @offload
        def stored(*given):
            orthanc.LogWarning("STORED " + given[-1])

        @offload(timeout=30)
        def store(output, uri, **request):
            answer = rest.post("/instances", data=request["body"])
            output.AnswerBuffer(answer.content, "application/json")

        orthanc.RegisterRestCallback("/store", store)
        orthanc.RegisterOnStoredInstanceCallback({callback})
    """
    workers = {"Count": 1, "QueueTimeout": 20, "RestTransport": transport}
    server = orthanc(script, config={"Python": {"Workers": workers}})
    identifier = server.post("/store", dicom_bytes("CT_small.dcm")).json()["ID"]
    assert server.wait_log(r"STORED (\S+)")[1] == identifier
    assert "PoolSaturated" not in server.log
    said = re.findall("ORT-1207 .*", server.log)
    assert len(said) == (transport == "Http"), said


def test_an_unknown_transport_is_refused(orthanc: Launcher) -> None:
    workers = {"RestTransport": "Pigeon"}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}}, starts=False)
    assert "Python.Workers.RestTransport is 'Pigeon'" in server.log or "RestTransport" in server.log
    assert "Channel" in server.log
