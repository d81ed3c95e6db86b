# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterHttpAuthentication: the script decides who may send requests to Orthanc."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only, pytest.mark.sdk(1, 12, 9)]

SCRIPT = r"""
import json

import orthanc
from orthanc_runtime import offload, rest
from orthanc_runtime.webdav import File
from orthanc import HttpAuthenticationStatus as Status

def authenticate(uri, ip, headers, get):
    if "x-seen" in headers:
        orthanc.LogWarning("SEEN " + json.dumps([uri, ip, headers, get]))
    return eval(headers.get("verdict", "Status.UNAUTHORIZED"))

orthanc.RegisterHttpAuthentication(authenticate)
try:
    orthanc.RegisterHttpAuthentication(print)
except RuntimeError as error:
    twice = str(error)

def handler(output, uri, **request):
    payload = request.get("authenticationPayload", "none")
    output.AnswerBuffer(f"{type(payload).__name__} {payload}", "text/plain")

orthanc.RegisterRestCallback("/master", handler)
orthanc.RegisterRestCallback("/worker", offload(handler))

class Upload:
    def __init__(self, uri, **request):
        self.request = request

    def AddChunk(self, chunk):
        pass

    def Execute(self, output):
        handler(output, "", **self.request)

orthanc.RegisterChunkedRestCallback("/upload", post=Upload)

class Files:
    def ListFolder(self, path):
        return {"file": File(4)} if path == () else None

    def RetrieveFile(self, path):
        return b"data"

orthanc.RegisterWebDavCollection("/files", Files())

@offload
def way_back(output, uri, **request):
    answer = rest.get("/system")
    output.AnswerBuffer(f"{answer.status_code} {answer.json()['Name']}", "text/plain")

orthanc.RegisterRestCallback("/way-back", way_back)

def answer(output, uri, **request):
    found = {"twice": twice, "token": orthanc.GenerateRestApiAuthorizationToken(),
             "inner": json.loads(orthanc.RestApiGet("/system"))["Name"]}
    output.AnswerBuffer(json.dumps(found), "application/json")

orthanc.RegisterRestCallback("/found", answer)
"""

LATE = r"""
import orthanc

def register():
    try:
        orthanc.RegisterHttpAuthentication(
            lambda uri, **request: orthanc.HttpAuthenticationStatus.FORBIDDEN)
        orthanc.LogWarning("REGISTERED")
    except RuntimeError as error:
        orthanc.LogWarning(f"TWICE {error}")

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        %s

orthanc.RegisterOnChangeCallback(on_change)

def handler(output, uri, **request):
    register()
    output.AnswerBuffer("done", "text/plain")

orthanc.RegisterRestCallback("/register", handler)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})


def as_verdict(verdict: str, **more: str) -> dict[str, Any]:
    return {"headers": {"Verdict": verdict, **more}}


def test_what_the_callback_sees(server: OrthancServer) -> None:
    start = len(server.log)
    options = as_verdict("Status.GRANTED", **{"X-Seen": "Yes"})
    assert server.get("/master?a=1&b=%20c", **options).status_code == 200
    seen = json.loads(server.wait_log(r"SEEN (\[.*\])$", start=start)[1])
    uri, ip, headers, get = seen
    assert (uri, ip, get) == ("/master", "127.0.0.1", {"a": "1", "b": " c"})
    assert headers["x-seen"] == "Yes"


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        ("Status.GRANTED", 200),
        ("(Status.GRANTED, None)", 200),
        ("Status.UNAUTHORIZED", 401),
        ("(Status.UNAUTHORIZED, None)", 401),
        ("Status.FORBIDDEN", 403),
    ],
)
def test_verdicts(server: OrthancServer, verdict: str, status: int) -> None:
    assert server.get("/system", **as_verdict(verdict)).status_code == status
    assert server.get("/master", **as_verdict(verdict)).status_code == status
    assert server.post("/tools/find", b"{}", **as_verdict(verdict)).status_code in (status, 400)
    found = server.request("PROPFIND", "/files", **as_verdict(verdict, Depth="1"))
    assert found.status_code == (207 if status == 200 else status)


def test_a_redirection(server: OrthancServer) -> None:
    answer = server.get("/system", **as_verdict("(Status.REDIRECT, 'login/page?from=%2Fsystem')"))
    assert answer.status_code in (301, 302, 307)
    assert answer.headers["Location"].endswith("login/page?from=%2Fsystem")


@pytest.mark.parametrize("place", ["/master", "/worker"])
@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("'alice'", "bytes b'alice'"),
        (r"b'\x00\xff'", r"bytes b'\x00\xff'"),
        ("b''", "str none"),
    ],
)
def test_the_payload(server: OrthancServer, place: str, payload: str, told: str) -> None:
    verdict = as_verdict(f"(Status.GRANTED, {payload})")
    assert server.get(place, **verdict).text == told


def test_the_payload_of_an_upload(server: OrthancServer) -> None:
    verdict = as_verdict("(Status.GRANTED, 'alice')")
    assert server.post("/upload", iter([b"a", b"b"]), **verdict).text == "bytes b'alice'"


@pytest.mark.parametrize(
    "verdict",
    [
        "None",
        "False",
        "0",
        "'GRANTED'",
        "Status.REDIRECT",
        "(Status.REDIRECT, b'bytes')",
        "(Status.GRANTED, 5)",
        "(Status.FORBIDDEN, 'payload')",
        "(0, 'payload')",
        "(Status.GRANTED, 'a', 'b')",
        "orthanc.HttpMethod.GET",
    ],
)
def test_anything_else_is_an_error(server: OrthancServer, verdict: str) -> None:
    start = len(server.log)
    assert server.get("/system", **as_verdict(verdict)).status_code == 500
    server.wait_log("the HTTP authentication callback returns a member of", start=start)


def test_a_callback_that_raises(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.get("/system", **as_verdict("nothing")).status_code == 500
    server.wait_log("Error in the HTTP authentication callback", start=start)
    assert "name 'nothing' is not defined" in server.log[start:]
    assert server.get("/system", **as_verdict("Status.GRANTED")).status_code == 200


def test_tokens_and_calls_of_the_rest_api(server: OrthancServer) -> None:
    found = server.get("/found", **as_verdict("Status.GRANTED")).json()
    assert found["inner"] == "orthanc-runtime-tests"
    assert server.get("/system").status_code == 401
    assert server.get("/system", headers={"Authorization": found["token"]}).status_code == 200
    assert server.get("/system", headers={"Authorization": found["token"] + "x"}).status_code == 401


def test_the_way_back_of_a_worker(server: OrthancServer) -> None:
    answer = server.get("/way-back", **as_verdict("Status.GRANTED"))
    assert answer.text == "200 orthanc-runtime-tests"


def test_registered_twice(server: OrthancServer) -> None:
    twice = server.get("/found", **as_verdict("Status.GRANTED")).json()["twice"]
    assert "Can only register one Python HTTP authentication callback" in twice
    assert twice.count("script.py:") == 2


def test_many_clients(server: OrthancServer) -> None:
    def statuses(index: int) -> tuple[int, str]:
        payload = as_verdict(f"(Status.GRANTED, 'user {index}')")
        return server.get("/system").status_code, server.get("/master", **payload).text

    with ThreadPoolExecutor(8) as executor:
        found = list(executor.map(statuses, range(100)))
    assert found == [(401, f"bytes b'user {index}'") for index in range(100)]


@pytest.mark.parametrize("when", ["started", "handler"])
def test_registered_late(orthanc: Launcher, when: str) -> None:
    server = orthanc(LATE % ("register()" if when == "started" else "pass"))
    if when == "handler":
        assert server.get("/register", timeout=10).text == "done"
    server.wait_log("REGISTERED")
    assert server.get("/system").status_code == 403
    if when == "started":
        assert server.get("/register").status_code == 403


def test_users_of_the_configuration_no_longer_count(orthanc: Launcher) -> None:
    config = {"AuthenticationEnabled": True, "RegisteredUsers": {"alice": "secret"}}
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}, **config})
    assert server.get("/system", auth=("alice", "secret")).status_code == 401
    assert server.get("/system", **as_verdict("Status.GRANTED")).status_code == 200
