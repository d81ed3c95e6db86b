# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST handlers that run in a worker: which callables, and what a failing one answers."""

from __future__ import annotations

from typing import Any

import pytest
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import functools, json, os, sys
import orthanc
from orthanc_runtime import in_worker, offload, on_worker_start

STARTS = []

@on_worker_start
def started():
    STARTS.append(os.getpid())

def answer(output, text):
    output.AnswerBuffer(json.dumps([text, in_worker, os.getpid()]), "application/json")

def with_argument(word, output, uri, **request):
    answer(output, word)

class Handlers:
    def __init__(self, word):
        self.word = word
    @offload
    def decorated(self, output, uri, **request):
        answer(output, self.word)
    def plain(self, output, uri, **request):
        answer(output, self.word)
    @staticmethod
    def static(output, uri, **request):
        answer(output, "static")
    @classmethod
    @offload
    def of_class(cls, output, uri, **request):
        answer(output, cls.__name__)
    def __call__(self, output, uri, **request):
        answer(output, self.word)

def closure(word):
    @offload
    def handler(output, uri, **request):
        answer(output, word)
    return handler

KINDS = {
    "lambda": offload(lambda output, uri, **request: answer(output, "lambda")),
    "closure": closure("closed over"),
    "partial": offload(functools.partial(with_argument, "partial")),
    "partial-outside": functools.partial(offload(with_argument), "partial outside"),
    "bound": offload(Handlers("bound").plain),
    "decorated": Handlers("decorated").decorated,
    "static": offload(Handlers.static),
    "class": Handlers.of_class,
    "object": offload(Handlers("object")),
}
for name, handler in KINDS.items():
    orthanc.RegisterRestCallback("/kind/" + name, handler)

def both(pattern):
    def register(function):
        orthanc.RegisterRestCallback("/master" + pattern, function)
        orthanc.RegisterRestCallback("/worker" + pattern, offload(function))
        return function
    return register

@both("/where")
def where(output, uri, **request):
    answer(output, [STARTS, __name__, __file__, sys.path[0]])

@both("/raises")
def raises(output, uri, **request):
    {}["missing key of a patient"]

@both("/exits")
def exits(output, uri, **request):
    sys.exit(3)

@both("/sdk")
def sdk(output, uri, **request):
    orthanc.RestApiGet("/instances/nope")

@both("/silent")
def silent(output, uri, **request):
    return "a returned value is no answer"

@both("/without-request")
def without_request(output, uri):
    answer(output, "never")

KEPT = []

@both("/keep")
def keep(output, uri, **request):
    KEPT.append(output)
    answer(output, "kept")

@both("/use-kept")
def use_kept(output, uri, **request):
    try:
        KEPT[0].AnswerBuffer("into another answer", "text/plain")
    except Exception as error:
        answer(output, type(error).__name__)

@both("/deep")
def deep(output, uri, **request):
    try:
        json.loads(request["body"])
    except (RecursionError, ValueError) as error:
        answer(output, type(error).__name__)
"""
BOTH = pytest.mark.parametrize("place", ["/master", "/worker"])


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    config = {"Python": {"Workers": 1}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("lambda", "lambda"),
        ("closure", "closed over"),
        ("partial", "partial"),
        ("partial-outside", "partial outside"),
        ("bound", "bound"),
        ("decorated", "decorated"),
        ("static", "static"),
        ("class", "Handlers"),
        ("object", "object"),
    ],
)
def test_any_callable_can_be_offloaded(server: OrthancServer, kind: str, text: str) -> None:
    word, in_worker, pid = server.get(f"/kind/{kind}").json()
    assert word == text
    assert in_worker is True
    assert pid != server.pid


def test_script_knows_where_it_runs(server: OrthancServer) -> None:
    facts, in_worker, pid = server.get("/master/where").json()
    assert (in_worker, pid) == (False, server.pid)
    starts, name, file, first = facts
    assert starts == []
    worker_facts, in_worker, pid = server.get("/worker/where").json()
    assert in_worker is True
    assert worker_facts == [[pid], name, file, first]


@BOTH
def test_exception(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/raises?secret=word")
    assert answer.status_code == 500
    assert answer.json()["HttpStatus"] == 500
    for pattern in ["KeyError", r"script\.py", "in raises"]:
        server.wait_log(pattern, start=server.log_offset)
    assert "secret=word" not in server.log


@BOTH
@pytest.mark.parametrize(
    ("path", "status"),
    [("/exits", 500), ("/sdk", 404), ("/silent", 500), ("/without-request", 500)],
)
def test_other_failures_and_the_next_request_works(
    server: OrthancServer, place: str, path: str, status: int
) -> None:
    """An uncaught OrthancException keeps its code, so an unknown resource is 404."""
    before = server.get(f"{place}/where").json()[2]
    answer = server.get(place + path)
    assert answer.status_code == status
    assert answer.json()["HttpStatus"] == status
    assert server.get(f"{place}/where").json()[2] == before


@BOTH
def test_kept_output_raises(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/keep").json()[0] == "kept"
    answer = server.get(f"{place}/use-kept")
    assert "into another" not in answer.text
    assert answer.json()[0].endswith(("Error", "Exception"))


@BOTH
def test_deeply_nested_json(server: OrthancServer, place: str) -> None:
    assert server.post(f"{place}/deep", b"[" * 100_000).json()[0] == "RecursionError"


def test_exception_text_is_hidden_where_orthanc_hides_it(orthanc: Any) -> None:
    config = {"HttpDescribeErrors": False, "Python": {"Workers": 1}}
    server = orthanc(SCRIPT, config=config)
    for place in ["/master", "/worker"]:
        answer = server.get(f"{place}/raises")
        assert answer.status_code == 500
        assert "patient" not in answer.text


def test_no_offloaded_handler_no_worker(orthanc: Any) -> None:
    script = """
        import orthanc
        from orthanc_runtime import in_worker, offload, rest
        orthanc.RegisterRestCallback(
            "/plain", lambda o, u, **r: o.AnswerBuffer(str(in_worker), "text/plain"))
    """
    server = orthanc(script)
    assert server.get("/plain").text == "False"
    assert server.children() == []


def test_count_zero_runs_inline(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 0}})
    word, in_worker, pid = server.get("/kind/closure").json()
    assert (word, in_worker, pid) == ("closed over", False, server.pid)
    assert server.children() == []


@pytest.mark.parametrize(
    ("function", "named"),
    [
        ("def handler(output, uri, **request):\n    yield", "generator"),
        ("async def handler(output, uri, **request):\n    yield", "generator"),
        ("class handler:\n    pass", "class"),
    ],
    ids=["generator", "asynchronous generator", "class"],
)
def test_refused_by_name_when_decorated(orthanc: Any, function: str, named: str) -> None:
    script = f"import orthanc\nfrom orthanc_runtime import offload\n\n@offload\n{function}\n"
    server = orthanc(script, starts=False)
    assert named in server.log
    assert "handler" in server.log
