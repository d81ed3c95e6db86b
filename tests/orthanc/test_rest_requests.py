# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a REST handler gets, in the master and in a worker: uri, method, groups, get, ..."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import unquote

import pytest
from both_places import PLACES, REGISTER
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    REGISTER
    + r"""
import json, threading

def describe(value):
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin-1")]
    if isinstance(value, tuple):
        return ["tuple", [describe(item) for item in value]]
    if isinstance(value, dict):
        return ["dict", {key: describe(item) for key, item in value.items()}]
    return [type(value).__name__, value]

def echo(output, uri, **request):
    seen = {key: describe(value) for key, value in request.items()}
    seen["uri"] = describe(uri)
    seen["output"] = type(output).__name__
    output.AnswerBuffer(json.dumps(seen), "application/json")

def size(output, uri, **request):
    body = request["body"]
    output.AnswerBuffer(json.dumps([len(body), sum(body)]), "application/json")

meeting = threading.Barrier(4)

def meet(output, uri, **request):
    meeting.wait(30)
    output.AnswerBuffer("met", "text/plain")

first_registered = lambda output, uri, **request: output.AnswerBuffer("first", "text/plain")
then_registered = lambda output, uri, **request: output.AnswerBuffer("then", "text/plain")

register("/echo", echo)
register("/echo/(.*)/of/([a-z]+)?(x)?", echo)
register("/tail/(.*)", echo)
register("/size", size)
orthanc.RegisterRestCallback("/meet", meet)
orthanc.RegisterRestCallback("/twice", first_registered)
orthanc.RegisterRestCallback("/twice", then_registered)
orthanc.RegisterRestCallback("/statistics", lambda o, u, **r: o.AnswerBuffer("mine", "text/plain"))
"""
)


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.mark.parametrize("place", PLACES)
def test_get_has_arguments_and_no_body(server: OrthancServer, place: str) -> None:
    seen = server.get(f"{place}/echo?a=1&b=two&c&a=last").json()
    assert seen["output"] == "RestOutput"
    assert seen["uri"] == ["str", f"{place}/echo"]
    assert seen["method"] == ["str", "GET"]
    assert seen["groups"] == ["tuple", []]
    assert seen["get"] == ["dict", {"a": ["str", "last"], "b": ["str", "two"], "c": ["str", ""]}]
    assert "body" not in seen


@pytest.mark.parametrize("place", PLACES)
def test_get_without_arguments_has_an_empty_dict(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/echo").json()["get"] == ["dict", {}]


@pytest.mark.parametrize("place", PLACES)
def test_non_ascii_argument_arrives(server: OrthancServer, place: str) -> None:
    kind, arguments = server.get(f"{place}/echo?name=%C3%A9t%C3%A9").json()["get"]
    assert kind == "dict"
    # Orthanc 1.10 leaves the percent-encoding, 1.13 decodes it.
    assert unquote(arguments["name"][1]) == "été"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_post_and_put_have_a_body_and_no_arguments(
    server: OrthancServer, method: str, place: str
) -> None:
    seen = server.request(method, f"{place}/echo?a=1", data=b"\x00\xff body").json()
    assert seen["method"] == ["str", method]
    assert seen["body"] == ["bytes", "\x00\xff body"]
    assert "get" not in seen


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_body_is_empty_bytes_when_none_is_sent(
    server: OrthancServer, method: str, place: str
) -> None:
    assert server.request(method, f"{place}/echo").json()["body"] == ["bytes", ""]


@pytest.mark.parametrize("place", PLACES)
def test_delete_has_neither_body_nor_arguments(server: OrthancServer, place: str) -> None:
    seen = server.delete(f"{place}/echo?a=1").json()
    assert seen["method"] == ["str", "DELETE"]
    assert set(seen) == {"output", "uri", "method", "groups", "headers"}


@pytest.mark.parametrize("place", PLACES)
def test_header_names_are_lower_case(server: OrthancServer, place: str) -> None:
    kind, headers = server.get(f"{place}/echo", headers={"X-Some-Thing": "Value"}).json()["headers"]
    assert kind == "dict"
    assert headers["x-some-thing"] == ["str", "Value"]
    assert all(name == name.lower() for name in headers)


@pytest.mark.parametrize("place", PLACES)
def test_groups_of_the_pattern(server: OrthancServer, place: str) -> None:
    seen = server.get(f"{place}/echo/a/b/of/letters").json()
    assert seen["groups"] == ["tuple", [["str", "a/b"], ["str", "letters"], ["str", ""]]]


@pytest.mark.parametrize("place", PLACES)
def test_uri_is_decoded_and_normal(server: OrthancServer, place: str) -> None:
    seen = server.get(f"{place}/tail//a%20b///%C3%A9/?q=1").json()
    assert seen["uri"] == ["str", f"{place}/tail/a b/é"]
    assert seen["groups"] == ["tuple", [["str", "a b/é"]]]


@pytest.mark.parametrize("place", PLACES)
def test_pattern_must_match_the_whole_uri(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/echoes").status_code == 404
    assert server.get(f"/before{place}/echo").status_code == 404
    assert server.get(f"{place}/tail/").status_code == 404


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("method", "status"), [("HEAD", 404), ("OPTIONS", 404), ("PATCH", 400)])
def test_other_methods_never_reach_the_handler(
    server: OrthancServer, method: str, status: int, place: str
) -> None:
    assert server.request(method, f"{place}/echo").status_code == status


@pytest.mark.parametrize("place", PLACES)
def test_chunked_upload_is_joined(server: OrthancServer, place: str) -> None:
    parts = iter([b"one ", b"two ", b"three"])
    assert server.post(f"{place}/echo", parts).json()["body"] == ["bytes", "one two three"]


@pytest.mark.parametrize("place", PLACES)
def test_large_binary_body_is_whole(server: OrthancServer, place: str) -> None:
    body = bytes(range(256)) * (20 * 4096)
    assert server.post(f"{place}/size", body).json() == [len(body), sum(body)]


def test_handlers_run_concurrently(server: OrthancServer) -> None:
    """Each of the four waits for the three others."""
    answers = [server.in_background("/meet") for _ in range(4)]
    assert [answer.result(60).text for answer in answers] == ["met"] * 4


def test_first_of_two_handlers_for_one_uri_wins(server: OrthancServer) -> None:
    assert server.get("/twice").text == "first"


def test_handler_overrides_a_built_in_route(server: OrthancServer) -> None:
    assert server.get("/statistics").text == "mine"


@pytest.mark.parametrize("place", PLACES)
def test_many_requests_at_once(server: OrthancServer, place: str) -> None:
    failures: list[str] = []

    def ask(number: int) -> None:
        for turn in range(20):
            seen = server.get(f"{place}/tail/{number}-{turn}").json()["groups"]
            if seen != ["tuple", [["str", f"{number}-{turn}"]]]:
                failures.append(f"{number}-{turn} got {seen}")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
