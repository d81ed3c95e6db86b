# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterRestCallback: what it refuses, and registering while Orthanc runs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from late_routes import PATIENCE, answered
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = r"""
import threading
import orthanc

def tried(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def good(output, uri, **request):
    output.AnswerBuffer("good " + uri, "text/plain")

class Callable:
    def __call__(self, output, uri, **request):
        output.AnswerBuffer("object", "text/plain")
    def method(self, output, uri, **request):
        output.AnswerBuffer("method", "text/plain")

REFUSED = {
    "number": tried(lambda: orthanc.RegisterRestCallback("/number", 5)),
    "none": tried(lambda: orthanc.RegisterRestCallback("/none", None)),
    "uri": tried(lambda: orthanc.RegisterRestCallback(5, good)),
    "arity": tried(lambda: orthanc.RegisterRestCallback("/arity")),
    "change": tried(lambda: orthanc.RegisterOnChangeCallback(5)),
    "stored": tried(lambda: orthanc.RegisterOnStoredInstanceCallback("x")),
}

def refused(output, uri, **request):
    output.AnswerBuffer(REFUSED[request["groups"][0]], "text/plain")

def try_pattern(output, uri, **request):
    text = tried(lambda: orthanc.RegisterRestCallback("/broken(", good))
    output.AnswerBuffer(text, "text/plain")

def register(output, uri, **request):
    orthanc.RegisterRestCallback("/later/" + request["groups"][0], good)
    output.AnswerBuffer("registered", "text/plain")

def from_a_thread(output, uri, **request):
    thread = threading.Thread(
        target=lambda: orthanc.RegisterRestCallback("/from-thread", good))
    thread.start()
    thread.join()
    output.AnswerBuffer("registered", "text/plain")

def own(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins("/good"), "text/plain")

def nested(output, uri, **request):
    depth = int(request["groups"][0])
    text = b"end" if depth == 0 else orthanc.RestApiGetAfterPlugins(f"/nested/{depth - 1}")
    output.AnswerBuffer(str(depth).encode() + b" " + text, "text/plain")

orthanc.RegisterRestCallback("/good", good)
orthanc.RegisterRestCallback("/try-pattern", try_pattern)
orthanc.RegisterRestCallback("/object", Callable())
orthanc.RegisterRestCallback("/method", Callable().method)
orthanc.RegisterRestCallback("/refused/(.*)", refused)
orthanc.RegisterRestCallback("/register/(.*)", register)
orthanc.RegisterRestCallback("/register-from-thread", from_a_thread)
orthanc.RegisterRestCallback("/own", own)
orthanc.RegisterRestCallback("/nested/([0-9]+)", nested)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.fixture
def registering(orthanc: Any) -> OrthancServer:
    """A server of its own: what a registration blocks, it may block for good."""
    started: OrthancServer = orthanc(SCRIPT)
    return started


@pytest.mark.parametrize(("path", "text"), [("/object", "object"), ("/method", "method")])
def test_any_callable_is_a_handler(server: OrthancServer, path: str, text: str) -> None:
    assert server.get(path).text == text


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("number", ["Error"]),
        ("none", ["Error"]),
        ("uri", ["TypeError"]),
        ("arity", ["TypeError"]),
        ("change", ["Error"]),
        ("stored", ["Error"]),
    ],
)
def test_refused_when_it_is_registered(server: OrthancServer, what: str, words: list[str]) -> None:
    answer = server.get(f"/refused/{what}")
    assert answer.status_code == 200
    assert answer.text != "None"
    for word in words:
        assert word in answer.text


@pytest.mark.runtime_only
def test_bad_pattern_is_refused_at_run_time(registering: OrthancServer) -> None:
    answer = registering.get("/try-pattern", timeout=PATIENCE)
    assert "Error" in answer.text
    assert "/broken(" in answer.text


@pytest.mark.runtime_only
def test_uncaught_bad_pattern_stops_the_start(orthanc: Any) -> None:
    script = "import orthanc\northanc.RegisterRestCallback('/broken(', print)\n"
    server = orthanc(script, starts=False)
    assert "script.py" in server.log
    assert "/broken(" in server.log


@pytest.mark.runtime_only
def test_registering_within_a_handler(registering: OrthancServer) -> None:
    for name in ["a", "b", "c"]:
        assert registering.get(f"/later/{name}", timeout=PATIENCE).status_code == 404
        assert registering.get(f"/register/{name}", timeout=PATIENCE).text == "registered"
        assert answered(registering, f"/later/{name}") == f"good /later/{name}"


@pytest.mark.runtime_only
def test_registering_within_handlers_under_load(registering: OrthancServer) -> None:
    answers = [
        registering.in_background(f"/register/load-{number}", timeout=PATIENCE)
        for number in range(8)
    ]
    others = [registering.in_background("/good", timeout=PATIENCE) for _ in range(8)]
    statuses = [answer.result(60).status_code for answer in answers]
    assert 200 in statuses
    assert {*statuses, *(answer.result(60).status_code for answer in others)} <= {200, 503}
    for number in (number for number, status in enumerate(statuses) if status == 200):
        assert answered(registering, f"/later/load-{number}") == f"good /later/load-{number}"


@pytest.mark.runtime_only
def test_registering_beside_requests_for_other_routes(registering: OrthancServer) -> None:
    """The core searches twice for routes that no plugin has, each time under a lock, and would wait
    for ever where a registration begins in between."""
    ended = threading.Event()

    def ask() -> int:
        session = requests.Session()
        answers = 0
        while not ended.is_set():
            assert session.get(f"{registering.url}/system", timeout=PATIENCE).status_code == 200
            answers += 1
        return answers

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(ask) for _ in range(4)]
        try:
            for number in range(25):
                path = f"/later/beside-{number}"
                answer = registering.get(f"/register/beside-{number}", timeout=PATIENCE)
                assert answer.text == "registered"
                assert answered(registering, path) == f"good {path}"
        finally:
            ended.set()
        assert all(client.result(60) > 25 for client in clients)


@pytest.mark.runtime_only
def test_registering_from_a_thread(registering: OrthancServer) -> None:
    assert registering.get("/register-from-thread", timeout=PATIENCE).text == "registered"
    assert answered(registering, "/from-thread") == "good /from-thread"


def test_handler_calls_another_route_of_the_script(server: OrthancServer) -> None:
    assert server.get("/own").text == "good /good"


def test_routes_that_call_each_other(server: OrthancServer) -> None:
    assert server.get("/nested/5").text == "5 4 3 2 1 0 end"


def test_many_routes(orthanc: Any) -> None:
    script = """
        import orthanc
        for number in range(500):
            orthanc.RegisterRestCallback(
                f"/many/{number}",
                lambda o, u, number=number, **r: o.AnswerBuffer(str(number), "text/plain"))
    """
    server = orthanc(script)
    assert [server.get(f"/many/{n}").text for n in (0, 250, 499)] == ["0", "250", "499"]
