# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc as an HTTP client: HttpGet and its family, HttpClient, ChunkedHttpClient, peers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import sdk_session
from launcher import Launcher
from server import OrthancServer
from web_server import web_server

pytestmark = pytest.mark.orthanc

SCRIPT = (
    sdk_session.SCRIPT
    + r"""
import hashlib
import threading

GET, POST, PUT, DELETE = (orthanc.HttpMethod.GET, orthanc.HttpMethod.POST,
                          orthanc.HttpMethod.PUT, orthanc.HttpMethod.DELETE)

def pieces(count, size=1024):
    for index in range(count):
        yield bytes([index % 251]) * size

def failing():
    yield b"first"
    raise ZeroDivisionError("in the body")

def refuse(*arguments):
    raise LookupError("in the callback")

def digest_of(url):
    sha256, sizes = hashlib.sha256(), []
    def take(chunk):
        assert type(chunk) is bytes
        sha256.update(chunk)
        sizes.append(len(chunk))
    body, headers, status = orthanc.ChunkedHttpClient(GET, url, None, None, take)
    return [sha256.hexdigest(), sum(sizes), max(sizes), body == b"", status]

def headers_of(url):
    seen = []
    def take(name, value):
        seen.append((name, value))
    orthanc.ChunkedHttpClient(GET, url, answerAddHeader=take)
    return dict(seen)

def in_threads(function):
    threads = [threading.Thread(target=function) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return True

def nested(url):
    # a callback of one transfer that makes another one
    found = []
    orthanc.ChunkedHttpClient(GET, url, None, None, lambda chunk: found.append(
        orthanc.ChunkedHttpClient(POST, url, None, iter([chunk]))[2]))
    return found
"""
)


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with web_server() as url:
        yield url


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher, web: str) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"OrthancPeers": {"peer": [web, "alice", "secret"]}})


def evaluate(server: OrthancServer, expression: str) -> Any:
    found = sdk_session.evaluate(server, expression)
    return found.get("value", found)


def told(server: OrthancServer, expression: str) -> dict[str, Any]:
    """What the Web server was asked by a call that answers (body, headers, status)."""
    body, headers, status = evaluate(
        server, f"[x if type(x) is not bytes else x.decode() for x in {expression}]"
    )
    assert status == 200
    assert {name.lower(): value for name, value in headers.items()}["x-server"]
    found: dict[str, Any] = json.loads(body)
    return found


def test_get_post_put_delete(server: OrthancServer, web: str) -> None:
    get = json.loads(evaluate(server, f"orthanc.HttpGet('{web}/echo', 'bob', 'word')"))
    assert get["method"] == "GET"
    assert get["headers"]["authorization"] == "Basic Ym9iOndvcmQ="
    post = json.loads(evaluate(server, f"orthanc.HttpPost('{web}/echo', b'a\\0b', '', '')"))
    assert (post["method"], post["body"]) == ("POST", "a\0b")
    put = json.loads(evaluate(server, f"orthanc.HttpPut('{web}/echo', 'text', '', '')"))
    assert (put["method"], put["body"]) == ("PUT", "text")
    assert evaluate(server, f"orthanc.HttpDelete('{web}/echo', '', '')") is None


def test_errors_of_http_get(server: OrthancServer, web: str) -> None:
    assert evaluate(server, f"orthanc.HttpGet('{web}/status/404', '', '')")["code"] == 17
    refused = evaluate(server, "orthanc.HttpGet('http://127.0.0.1:1/', '', '')")
    assert (refused["error"], refused["code"]) == ("OrthancException", 9)


@pytest.mark.runtime_only
@pytest.mark.parametrize("client", ["HttpClient", "ChunkedHttpClient"])
def test_clients_with_headers(server: OrthancServer, web: str, client: str) -> None:
    extra = "None, None, " if client == "ChunkedHttpClient" else ""
    rest = f"{extra}'bob', 'word', 10, None, None, None, 0"
    question = "{'X-Question': 'Why'}"
    call = f"orthanc.{client}(%s, '{web}/echo', {question}, %s, {rest})"
    posted = told(server, call % ("POST", "b'a\\0b'"))
    assert (posted["method"], posted["body"]) == ("POST", "a\0b")
    assert posted["headers"]["x-question"] == "Why"
    assert posted["headers"]["authorization"] == "Basic Ym9iOndvcmQ="
    assert told(server, call % ("GET", "None"))["method"] == "GET"
    assert told(server, call % ("PUT", "'text'"))["body"] == "text"
    assert evaluate(server, call % ("DELETE", "None"))[2] == 200


@pytest.mark.runtime_only
def test_a_chunked_request(server: OrthancServer, web: str) -> None:
    call = f"orthanc.ChunkedHttpClient(POST, '{web}/echo', None, ['a', b'', bytearray(b'b'), 'c'])"
    asked = told(server, call)
    assert asked["body"] == "abc"
    assert asked["headers"]["transfer-encoding"] == "chunked"
    sent = f"hashlib.sha256(orthanc.ChunkedHttpClient(PUT, '{web}/back', None, pieces(3000))[0])"
    expected = hashlib.sha256(b"".join(bytes([index % 251]) * 1024 for index in range(3000)))
    assert evaluate(server, f"{sent}.hexdigest()") == expected.hexdigest()
    assert told(server, f"orthanc.ChunkedHttpClient(POST, '{web}/echo')")["body"] == ""


@pytest.mark.runtime_only
def test_a_chunked_answer(server: OrthancServer, web: str) -> None:
    expected = hashlib.sha256(b"".join(bytes([index % 251]) * 1024 for index in range(5000)))
    digest, size, largest, empty, status = evaluate(server, f"digest_of('{web}/large/5000')")
    assert (digest, size) == (expected.hexdigest(), 5000 * 1024)
    assert largest < 1024 * 1024
    assert (empty, status) == (True, 200)
    headers = evaluate(server, f"headers_of('{web}/echo')")
    assert "that of the test" in headers.values()


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ("POST, '{web}/echo', None, failing()", "ZeroDivisionError", "in the body"),
        ("POST, '{web}/echo', None, [b'a', 5]", "TypeError", "a chunk of a request is str or"),
        (
            "POST, '{web}/echo', None, {{'a': 1}}",
            "TypeError",
            "bytes-like or an iterable, not dict",
        ),
        ("POST, '{web}/echo', None, 5", "TypeError", "'int' object is not iterable"),
        ("GET, '{web}/echo', None, b'x'", "ValueError", "only POST and PUT have a body"),
        ("GET, '{web}/echo', None, None, refuse", "LookupError", "in the callback"),
        ("GET, '{web}/echo', None, None, None, refuse", "LookupError", "in the callback"),
        ("GET, '{web}/echo', None, None, 5", "TypeError", "answerAddChunk is a callable or None"),
        ("GET, 'http://a\\0b'", "ValueError", "NUL"),
        ("GET, '{web}/status/404'", "OrthancException", "Unknown resource (HTTP status 404)"),
        ("GET, '{web}/status/503'", "OrthancException", "(HTTP status 503)"),
        ("GET, 'http://127.0.0.1:1/'", "OrthancException", "Error in the network protocol"),
    ],
)
def test_errors_of_chunked_transfers(
    server: OrthancServer, web: str, arguments: str, error: str, text: str
) -> None:
    start = time.monotonic()
    found = evaluate(server, f"orthanc.ChunkedHttpClient({arguments.format(web=web)})")
    assert (found["error"], text in str(found["args"])) == (error, True), found
    assert time.monotonic() - start < 10


@pytest.mark.runtime_only
def test_chunked_transfers_in_threads_and_within_each_other(
    server: OrthancServer, web: str
) -> None:
    call = f"orthanc.ChunkedHttpClient(POST, '{web}/back', None, pieces(200))"
    assert evaluate(server, f"in_threads(lambda: {call})") is True
    assert evaluate(server, f"nested('{web}/echo')") == [200]


@pytest.mark.runtime_only
def test_calls_of_the_rest_api_with_headers(server: OrthancServer) -> None:
    body, headers, status = evaluate(
        server,
        "[x if type(x) is not bytes else x.decode() for x in "
        "orthanc.CallRestApi(GET, '/system', {'Accept': 'application/json'}, None, 0)]",
    )
    assert json.loads(body)["Name"] == "orthanc-runtime-tests"
    types = [value for name, value in headers.items() if name.lower() == "content-type"]
    assert types[0].startswith("application/json")
    assert status == 200
    find = "orthanc.CallRestApi(POST, '/tools/find', None, %s, 0)"
    found = evaluate(server, find % """'{"Level": "Patient", "Query": {}}'""")
    assert (found[0], found[2]) == ("b'[]'", 200)
    after = "orthanc.CallRestApi(POST, '/evaluate', {'expression': '1 + 1'}, None, 1)"
    assert json.loads(evaluate(server, f"{after}[0].decode()"))["value"] == 2
    assert evaluate(server, "orthanc.CallRestApi(GET, '/nowhere', None, None, 0)")[2] == 404
    missing = evaluate(server, "orthanc.CallRestApi(GET, '/instances/nope', None, None, 0)")
    # which of the two depends on Orthanc
    assert missing["code"] == 17 if isinstance(missing, dict) else missing[2] == 404


@pytest.mark.runtime_only
def test_calls_of_peers(server: OrthancServer) -> None:
    call = "orthanc.GetPeers().CallPeerApi(0, POST, '/echo', {'X-Question': 'Why'}, b'a\\0b', 10)"
    asked = told(server, call)
    assert (asked["method"], asked["body"]) == ("POST", "a\0b")
    assert asked["headers"]["x-question"] == "Why"
    assert asked["headers"]["authorization"].startswith("Basic ")
    missing = "orthanc.GetPeers().CallPeerApi(0, GET, '/status/404', None, None, 10)"
    assert evaluate(server, missing)["code"] == 17
