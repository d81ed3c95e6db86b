# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterIncomingHttpRequestFilter: what a filter sees, what its result does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = r"""
import json
import orthanc

def filter(uri, **request):
    if uri.startswith("/seen"):
        shown = {**request, "uri": uri, "method": int(request["method"])}
        orthanc.LogWarning("SEEN " + json.dumps(shown))
        assert request["method"] in (orthanc.HttpMethod.GET, orthanc.HttpMethod.POST,
                                     orthanc.HttpMethod.PUT, orthanc.HttpMethod.DELETE)
    if uri.startswith("/verdict/"):
        return eval(uri[len("/verdict/"):])
    return True

orthanc.RegisterIncomingHttpRequestFilter(filter)

def answer(text):
    return lambda output, uri, **request: output.AnswerBuffer(text(), "text/plain")

orthanc.RegisterRestCallback("/seen", answer(lambda: "handled"))
orthanc.RegisterRestCallback("/verdict/.*", answer(lambda: "handled"))
orthanc.RegisterRestCallback("/inner", answer(
    lambda: orthanc.RestApiGetAfterPlugins("/verdict/False")))
orthanc.RegisterRestCallback("/token", answer(orthanc.GenerateRestApiAuthorizationToken))
"""

SEVERAL = r"""
import json
import orthanc

ran = []

def named(name):
    def filter(uri, headers, **request):
        if uri != "/ran":
            ran.append(name)
        verdicts = json.loads(headers.pop("verdicts", "{}"))
        return eval(verdicts.get(name, "True"))
    return filter

def take(output, uri, **request):
    output.AnswerBuffer(" ".join(ran), "text/plain")
    ran.clear()

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        orthanc.RegisterIncomingHttpRequestFilter(named("at-start"))
        orthanc.LogWarning("REGISTERED")

orthanc.RegisterOnChangeCallback(on_change)
orthanc.RegisterRestCallback("/ran", take)
orthanc.RegisterRestCallback("/register/(.*)", lambda output, uri, groups, **request: (
    orthanc.RegisterIncomingHttpRequestFilter(named(groups[0])),
    output.AnswerBuffer("registered", "text/plain")))
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


def seen(server: OrthancServer, method: str, path: str) -> dict[str, Any]:
    start = len(server.log)
    server.request(method, path, headers={"X-Question": "Why"})
    found: dict[str, Any] = json.loads(server.wait_log(r"SEEN (\{.*\})$", start=start)[1])
    return found


def test_a_filter_sees_the_request(server: OrthancServer) -> None:
    request = seen(server, "GET", "/seen?a=1&b=&a=2")
    assert set(request) == {"uri", "method", "ip", "headers", "get"}
    assert (request["uri"], request["method"], request["ip"]) == ("/seen", 1, "127.0.0.1")
    assert request["get"] == {"a": "2", "b": ""}
    assert request["headers"]["x-question"] == "Why"


@pytest.mark.parametrize(
    ("method", "number"), [("POST", 2), ("PUT", 3), ("DELETE", 4), ("HEAD", 1), ("OPTIONS", 1)]
)
def test_other_methods(server: OrthancServer, method: str, number: int) -> None:
    request = seen(server, method, "/seen")
    assert request["method"] == number
    assert ("get" in request) is (number == 1)


def test_true_passes_and_false_forbids(server: OrthancServer) -> None:
    assert server.get("/verdict/True").text == "handled"
    assert server.get("/verdict/False").status_code == 403
    assert server.post("/verdict/False", b"body").status_code == 403


@pytest.mark.parametrize("result", ["None", "0", "1", "'yes'", "[]"])
def test_anything_else_is_an_error(server: OrthancServer, result: str) -> None:
    start = len(server.log)
    assert server.get(f"/verdict/{result}").status_code == 500
    server.wait_log("The Python incoming-http-request filter has not returned a Bool", start=start)


def test_a_filter_that_raises(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.get("/verdict/nothing").status_code == 500
    server.wait_log("name 'nothing' is not defined", start=start)
    assert server.get("/seen").text == "handled"


def test_calls_of_the_rest_api_and_tokens_are_not_filtered(server: OrthancServer) -> None:
    assert server.get("/inner").text == "handled"
    token = server.get("/token").text
    answer = server.get("/verdict/False", headers={"Authorization": token})
    assert answer.text == "handled"


@pytest.mark.runtime_only
def test_several_filters(orthanc: Launcher) -> None:
    """Registered before any other filter, when Orthanc has started, and within a handler."""
    server = orthanc(SEVERAL)
    server.wait_log("REGISTERED")
    for name in ("second", "third"):
        assert server.get(f"/register/{name}", timeout=10).text == "registered"
    server.get("/ran")

    def status(**verdicts: str) -> tuple[int, list[str]]:
        answer = server.get("/system", headers={"Verdicts": json.dumps(verdicts)})
        return answer.status_code, server.get("/ran").text.split()

    everyone = ["at-start", "second", "third"]
    assert status() == (200, everyone)
    assert status(third="False") == (403, everyone)
    assert status(**{"at-start": "False"}) == (403, everyone)
    # one that fails does not keep the others from running, and another one may still forbid
    assert status(second="1/0") == (500, everyone)
    assert status(second="None", third="False") == (403, everyone)
    assert status() == (200, everyone)


@pytest.mark.runtime_only
def test_what_cannot_be_called_is_refused(orthanc: Launcher) -> None:
    server = orthanc("import orthanc\northanc.RegisterIncomingHttpRequestFilter(5)", starts=False)
    assert "RegisterIncomingHttpRequestFilter needs a callable, not int" in server.log
