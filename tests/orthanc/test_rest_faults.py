# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers that raise, answer nothing, recurse too deep: Orthanc answers and lives on."""

from __future__ import annotations

from typing import Any

import pytest
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = r"""
import copy, json, pickle, sys
import orthanc

def good(output, uri, **request):
    output.AnswerBuffer("good", "text/plain")

class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError("no text")

RAISED = {
    "division": lambda: 1 / 0,
    "exit": lambda: sys.exit(3),
    "interrupt": lambda: (_ for _ in ()).throw(KeyboardInterrupt()),
    "memory": lambda: (_ for _ in ()).throw(MemoryError()),
    "sdk": lambda: orthanc.RestApiGet("/instances/nope"),
    "own-sdk": lambda: (_ for _ in ()).throw(orthanc.OrthancException(17, "Unknown resource")),
    "unprintable": lambda: (_ for _ in ()).throw(Unprintable()),
}

def raises(output, uri, **request):
    RAISED[request["groups"][0]]()

def silent(output, uri, **request):
    return "a returned value is not an answer"

def strict(output, uri, method, groups, headers):
    output.AnswerBuffer("strict", "text/plain")

def without_request(output, uri):
    output.AnswerBuffer("never", "text/plain")

KEPT = []

def keep(output, uri, **request):
    KEPT.append(output)
    output.AnswerBuffer("kept", "text/plain")

def use_kept(output, uri, **request):
    try:
        KEPT[0].AnswerBuffer("written into another answer", "text/plain")
    except Exception as error:
        output.AnswerBuffer(f"{type(error).__name__}: {error}", "text/plain")

def deep(output, uri, **request):
    def recurse(depth):
        return recurse(depth + 1)
    def nested(depth):
        value = []
        for _ in range(depth):
            value = [value]
        return value
    work = {
        "loads": lambda: json.loads(request["body"]),
        "recursion": lambda: recurse(0),
        "dumps": lambda: json.dumps(nested(900)),
        "deepcopy": lambda: copy.deepcopy(nested(5000)),
        "pickle": lambda: pickle.dumps(nested(100_000)),
    }[request["groups"][0]]
    try:
        work()
        output.AnswerBuffer("done", "text/plain")
    except (RecursionError, ValueError) as error:
        output.AnswerBuffer(type(error).__name__, "text/plain")

def imports(output, uri, **request):
    module = request["groups"][0]
    if module == "PIL":
        from PIL import Image
        Image.init()
        output.AnswerBuffer(str(len(Image.OPEN) > 20), "text/plain")
    else:
        __import__(module)
        output.AnswerBuffer("True", "text/plain")

orthanc.RegisterRestCallback("/good", good)
orthanc.RegisterRestCallback("/raises/(.*)", raises)
orthanc.RegisterRestCallback("/silent", silent)
orthanc.RegisterRestCallback("/strict", strict)
orthanc.RegisterRestCallback("/without-request", without_request)
orthanc.RegisterRestCallback("/keep", keep)
orthanc.RegisterRestCallback("/use-kept", use_kept)
orthanc.RegisterRestCallback("/deep/(.*)", deep)
orthanc.RegisterRestCallback("/imports/(.*)", imports)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.mark.parametrize("name", ["division", "exit", "interrupt", "memory"])
def test_exception_is_500_with_a_traceback_in_the_log(server: OrthancServer, name: str) -> None:
    answer = server.get(f"/raises/{name}")
    assert answer.status_code == 500
    assert answer.json()["HttpStatus"] == 500
    assert answer.json()["OrthancStatus"] == 1
    server.wait_log(r"script\.py", start=server.log_offset)
    assert server.get("/good").text == "good"


@pytest.mark.runtime_only
@pytest.mark.parametrize("name", ["sdk", "own-sdk"])
def test_uncaught_orthanc_exception_keeps_its_code(server: OrthancServer, name: str) -> None:
    answer = server.get(f"/raises/{name}")
    assert answer.status_code == 404
    assert answer.json()["OrthancStatus"] == 17
    server.wait_log(r"script\.py", start=server.log_offset)


def test_exception_without_text_is_500_too(server: OrthancServer) -> None:
    assert server.get("/raises/unprintable").status_code == 500
    assert server.get("/good").text == "good"


@pytest.mark.runtime_only
def test_no_answer_is_500(server: OrthancServer) -> None:
    answer = server.get("/silent")
    assert answer.status_code == 500
    assert answer.json()["HttpStatus"] == 500
    server.wait_log("/silent", start=server.log_offset)


def test_handler_without_request_is_500(server: OrthancServer) -> None:
    assert server.get("/without-request").status_code == 500
    server.wait_log("unexpected keyword argument", start=server.log_offset)


def test_handler_that_lacks_a_key_is_500(server: OrthancServer) -> None:
    """``strict`` names what DELETE brings: GET brings one more."""
    assert server.delete("/strict").text == "strict"
    assert server.get("/strict").status_code == 500


@pytest.mark.runtime_only
def test_kept_output_raises(server: OrthancServer) -> None:
    assert server.get("/keep").text == "kept"
    answer = server.get("/use-kept")
    assert answer.status_code == 200
    assert "written" not in answer.text
    assert "Error" in answer.text or "Exception" in answer.text


@pytest.mark.runtime_only
@pytest.mark.parametrize("depth", [900, 100_000])
def test_deeply_nested_json_from_a_client(server: OrthancServer, depth: int) -> None:
    answer = server.post("/deep/loads", b"[" * depth)
    assert answer.status_code == 200
    # Python stops at about 1000 levels; what fits fails for the missing brackets.
    expected = {"RecursionError"} if depth > 1000 else {"RecursionError", "JSONDecodeError"}
    assert answer.text in expected
    assert server.get("/good").text == "good"


@pytest.mark.runtime_only
@pytest.mark.parametrize("work", ["recursion", "dumps", "deepcopy", "pickle"])
def test_deep_recursion_in_a_handler(server: OrthancServer, work: str) -> None:
    answer = server.post(f"/deep/{work}")
    assert answer.status_code == 200
    assert answer.text == ("done" if work == "dumps" else "RecursionError")
    assert server.get("/good").text == "good"


@pytest.mark.parametrize("module", ["PIL", "asyncio", "unittest", "numpy"])
def test_import_within_a_handler(server: OrthancServer, module: str) -> None:
    answer = server.get(f"/imports/{module}")
    assert (answer.status_code, answer.text) == (200, "True")
