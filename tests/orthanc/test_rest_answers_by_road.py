# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest`` in a worker gives the same answers on each of its roads."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from rest_roads import SCRIPT, TRANSPORTS, evaluate, start_each
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

METHODS = ("get", "post", "put", "delete")
OF_ROUTES = [
    "rest.get('/offloaded/status/404')",
    "rest.put('/offloaded/status/201', data='x')",
    "rest.get('/offloaded/redirects', allow_redirects=False)",
    "rest.get('/offloaded/refuses')",
    "rest.get('/offloaded/not_allowed')",
    "rest.get('/offloaded/details')",
    "rest.get('/offloaded/silent')",
]
SAME = [
    "rest.get('/system')",
    "rest.get('system')",
    "rest.get('/nope')",
    "rest.get('/nope/a%20b')",
    "rest.get('/instances/nope')",
    "rest.get('/patients', params={'expand': '', 'limit': 1, 'since': 0})",
    f"rest.get('/instances/{'{id}'}/file')",
    f"rest.get('/instances/{'{id}'}/tags?simplify')",
    f"rest.get('/instances/{'{id}'}/preview', headers={{'Accept': 'image/jpeg'}})",
    f"rest.get('/instances/{'{id}'}/metadata/nope')",
    f"rest.put('/instances/{'{id}'}/metadata/2000', data='gr\\u00fcn'.encode())",
    f"rest.get('/instances/{'{id}'}/metadata/2000')",
    "rest.post('/tools/lookup', data='1CT1')",
    "rest.post('/tools/find', json={'Level': 'Patient', 'Query': {}})",
    "rest.post('/tools/find', json={'Level': 'Nothing', 'Query': {}})",
    "rest.post('/instances', data=body)",
    "rest.post('/instances', data=iter([body[:1000], body[1000:]]))",
    "rest.get('/show', params={'a': 'b', 'c': 'd'}, headers={'X-Mine': 'mine'})",
    "rest.post('/show', data='text', headers={'Content-Type': 'text/x'})",
    "rest.post('/show', json={'a': 1}, params={'not': 'seen'})",
    "rest.put('/show', data={'form': 'data'})",
    "rest.delete('/show', params={'not': 'seen'}) and rest.get('/show')",
    "rest.get('/raises/3')",
    "rest.get('/app/explorer.html')",
    "in_thread(lambda: rest.get('/system'))",
    *[
        f"rest.{method}('/status/{status}')"
        for method in METHODS
        for status in (200, 201, 404, 503)
    ],
    "rest.get('/redirects', allow_redirects=False)",
    "rest.get('/redirects')",
    "rest.get('/refuses')",
    "rest.post('/not_allowed', data='x')",
    "rest.get('/details')",
    "rest.get('/image')",
    "rest.get('/silent')",
    "rest.get('/asks')",
    "rest.get('/raises/17')",
    "rest.post('/python-runtime/status', data='')",
    "rest.get('/python-runtime/nope')",
]


@pytest.fixture(scope="module")
def servers(shared_orthanc: Launcher) -> dict[str, OrthancServer]:
    return start_each(shared_orthanc)


@pytest.fixture(scope="module")
def two_workers(shared_orthanc: Launcher) -> OrthancServer:
    workers = {"Count": 2, "RestTransport": "Http"}
    server = shared_orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    end = time.monotonic() + 60
    while [w["State"] for w in workers_of(server)] != ["idle", "idle"]:
        assert time.monotonic() < end, workers_of(server)
        time.sleep(0.05)
    return server


def workers_of(server: OrthancServer) -> list[dict[str, Any]]:
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    found: list[dict[str, Any]] = pool["Workers"]
    return found


def comparable(server: OrthancServer, answer: Any) -> Any:
    """Without what differs between two servers, or is a detail that the SDK does not give."""
    status, headers, text = answer
    for name in {"content-disposition", "etag"} & headers.keys():
        headers[name] = "is there"
    if text.startswith("{\n\t"):  # an error as Orthanc describes it
        described = json.loads(text)
        described.pop("Details", None)
        text = json.dumps(described)
    for own in (server.url.removeprefix("http://"), server.url.rpartition(":")[2]):
        text = text.replace(own, "here")
    lines = [line for line in text.splitlines() if not any(word in line for word in VARIES)]
    return [status, headers, lines]


VARIES = ("LastUpdate", "DicomPort", "HttpPort", "DatabaseServerIdentifier")


@pytest.mark.parametrize("expression", SAME)
@pytest.mark.parametrize("transport", TRANSPORTS[1:])
def test_same_answer(servers: dict[str, OrthancServer], transport: str, expression: str) -> None:
    found = []
    for server in (servers["Http"], servers[transport]):
        (identifier,) = server.get("/instances").json()
        named = f"answer_of({expression.replace('{id}', identifier)})"
        answer = evaluate(server, named, dicom_bytes("CT_small.dcm"))
        assert isinstance(answer[0], int), answer
        found.append(comparable(server, answer))
    assert found[1] == found[0]


@pytest.mark.parametrize("expression", OF_ROUTES)
def test_same_answer_of_an_offloaded_route(
    servers: dict[str, OrthancServer], two_workers: OrthancServer, expression: str
) -> None:
    """Over HTTP it needs a second worker; through the channel the waiting one runs it."""
    found = []
    for server in (two_workers, servers["Channel"]):
        status, headers, text = evaluate(server, f"answer_of({expression})")
        headers.pop("x-request-id", None)
        if text.startswith("{"):
            text = {k: v for k, v in json.loads(text).items() if k != "Details"}
        found.append([status, headers, text])
    assert found[1] == found[0]


@pytest.mark.parametrize("transport", TRANSPORTS[1:])
def test_a_multipart_answer(servers: dict[str, OrthancServer], transport: str) -> None:
    status, headers, text = evaluate(servers[transport], "answer_of(rest.get('/parts'))")
    assert status == 200
    kind, _, boundary = headers["content-type"].partition("boundary=")
    assert kind == 'multipart/mixed; type="text/plain"; '
    pieces = [piece.strip("\r\n") for piece in text.split("--" + boundary)]
    assert pieces[0] == ""
    assert pieces[3] == "--"
    assert [piece.partition("\r\n\r\n")[2] for piece in pieces[1:3]] == ["first", "second\0"]
