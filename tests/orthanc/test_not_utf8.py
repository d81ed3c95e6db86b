# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""URIs, arguments and headers that are not UTF-8: Python sees surrogates, and sends them back."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from both_places import PLACES, REGISTER
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = (
    REGISTER
    + r"""
def raw(text):
    return text.encode("utf-8", "surrogateescape")

def echo(output, uri, **request):
    seen = [uri, request["groups"][0], *request.get("get", {}).values(),
            *request.get("get", {}), request["headers"].get("x-odd", "none")]
    output.SetHttpHeader("X-Back", request["headers"].get("x-odd", "none"))
    output.SetCookie("odd", request["groups"][0])
    output.AnswerBuffer(b"\n".join(map(raw, seen)), "text/plain")

def fail(output, uri, **request):
    raise ValueError("about " + uri)

def forward(output, uri, **request):
    name = request["headers"]["x-odd"]
    orthanc.LogWarning("odd name " + name)
    try:
        orthanc.RestApiGet("/instances/" + name)
    except orthanc.OrthancException as error:
        output.AnswerBuffer(str(int(error.args[0])), "text/plain")

register("/echo/(.*)", echo)
register("/fail/(.*)", fail)
register("/forward", forward)

def filter(uri, headers, **request):
    return raw(uri) != b"/refused/\xff" and "\udcfe" not in headers.get("x-refused", "")

orthanc.RegisterIncomingHttpRequestFilter(filter)
"""
)


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


def ask(server: OrthancServer, path: bytes, *headers: bytes) -> tuple[int, bytes, bytes]:
    """Status, header lines and body of a GET that no client library would send."""
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers]
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=20) as connection:
        connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, body


@pytest.mark.parametrize("place", PLACES)
def test_a_uri(server: OrthancServer, place: str) -> None:
    status, head, body = ask(server, f"{place}/echo/%FF%fe-%C3%A9".encode())
    assert status == 200, head
    odd = b"\xff\xfe-\xc3\xa9"
    assert body.split(b"\n")[:2] == [f"{place}/echo/".encode() + odd, odd]
    assert b"odd=" + odd in head


@pytest.mark.parametrize("place", PLACES)
def test_arguments(server: OrthancServer, place: str) -> None:
    status, head, body = ask(server, f"{place}/echo/x?%FE=%FF".encode())
    assert status == 200, head
    value, name = body.split(b"\n")[2:4]
    # until 1.12 the core does not decode escapes
    assert value.upper() in (b"\xff", b"%FF")
    assert name.upper() in (b"\xfe", b"%FE")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sent", [b"/echo/\xff", b"/echo/x?a=\xff"], ids=["uri", "argument"])
def test_bytes_that_are_not_escaped(server: OrthancServer, place: str, sent: bytes) -> None:
    """The web server in Orthanc refuses them itself."""
    assert ask(server, place.encode() + sent)[0] == 400
    assert ask(server, f"{place}/echo/x".encode())[0] == 200


@pytest.mark.parametrize("place", PLACES)
def test_a_header(server: OrthancServer, place: str) -> None:
    status, head, body = ask(server, f"{place}/echo/x".encode(), b"X-Odd: \xff \xc3\xa9 \xfe")
    assert status == 200, head
    assert body.split(b"\n")[-1] == b"\xff \xc3\xa9 \xfe"
    assert b"X-Back: \xff \xc3\xa9 \xfe" in head


@pytest.mark.parametrize("place", PLACES)
def test_a_handler_that_raises(server: OrthancServer, place: str) -> None:
    status, _, body = ask(
        server, f"{place}/fail/%FF".encode(), b"X-Odd: \xff", b"X-Request-Id: \xff"
    )
    assert status == 500
    assert b'"HttpStatus" : 500' in body
    server.wait_log("ValueError: about /", start=server.log_offset)
    # the last failures are part of it
    assert server.get("/python-runtime/status").json()["Pools"]
    assert ask(server, f"{place}/echo/x".encode())[0] == 200


@pytest.mark.parametrize("place", PLACES)
def test_calls_of_the_sdk(server: OrthancServer, place: str) -> None:
    status, _, body = ask(server, f"{place}/forward".encode(), b"X-Odd: \xff\xfe")
    assert (status, body) == (200, b"17")
    server.wait_log("odd name ", start=server.log_offset)


def test_a_filter(server: OrthancServer) -> None:
    assert ask(server, b"/refused/%FF")[0] == 403
    assert ask(server, b"/system", b"X-Refused: \xfe")[0] == 403
    assert ask(server, b"/system", b"X-Refused: \xc3\xa9")[0] == 200
