# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the methods of ``output`` become in HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from both_places import PLACES, REGISTER
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    REGISTER
    + r"""

ANSWERS = {
    "str": lambda o: o.AnswerBuffer("gr\u00fc\u00df", "text/plain"),
    "bytes": lambda o: o.AnswerBuffer(b"\x00\xff", "application/octet-stream"),
    "bytearray": lambda o: o.AnswerBuffer(bytearray(b"abc"), "text/plain"),
    "memoryview": lambda o: o.AnswerBuffer(memoryview(b"abcdef")[1:3], "text/plain"),
    "empty": lambda o: o.AnswerBuffer("", "text/plain"),
    "large": lambda o: o.AnswerBuffer(b"0123456789" * 2_000_000, "text/plain"),
    "dict": lambda o: o.AnswerBuffer({}, "text/plain"),
    "int": lambda o: o.AnswerBuffer(5, "text/plain"),
    "no-mime": lambda o: o.AnswerBuffer("x"),
    "twice": lambda o: (o.AnswerBuffer("one", "text/plain"), o.AnswerBuffer("two", "text/plain")),
    "status-code": lambda o: o.SendHttpStatusCode(404),
    "method": lambda o: o.SendMethodNotAllowed("GET,PUT"),
    "unauthorized": lambda o: o.SendUnauthorized("realm"),
    "redirect": lambda o: o.Redirect("/elsewhere"),
    "cookie": lambda o: (o.SetCookie("a", "b"), o.AnswerBuffer("", "text/plain")),
    "header": lambda o: (o.SetHttpHeader("X-Mine", "v"), o.AnswerBuffer("", "text/plain")),
    "late-header": lambda o: (o.AnswerBuffer("ok", "text/plain"), o.SetHttpHeader("X-Late", "v")),
    "png": lambda o: o.CompressAndAnswerPngImage(
        orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, b"\x00\x40\x80\xff"),
    "jpeg": lambda o: o.CompressAndAnswerJpegImage(
        orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, b"\x00\x40\x80\xff", 90),
    "multipart": lambda o: (
        o.StartMultipartAnswer("mixed", "text/plain"),
        o.SendMultipartItem("first"), o.SendMultipartItem(b"next")),
    "status": lambda o: o.SendHttpStatus(403, "not you"),
    "status-bytes": lambda o: o.SendHttpStatus(200, b"fine"),
    "details": lambda o: (o.SetHttpErrorDetails("because", 1), 1 / 0),
    "answer-then-raise": lambda o: (o.AnswerBuffer("answered", "text/plain"), 1 / 0),
}

def answer(output, uri, **request):
    ANSWERS[request["groups"][0]](output)

register("/answer/(.*)", answer)
"""
)


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("str", "grüß".encode()),
        ("bytes", b"\x00\xff"),
        ("bytearray", b"abc"),
        ("memoryview", b"bc"),
        ("empty", b""),
        ("large", b"0123456789" * 2_000_000),
    ],
)
def test_answer_buffer_takes(server: OrthancServer, name: str, content: bytes, place: str) -> None:
    answer = server.get(f"{place}/answer/{name}")
    assert answer.status_code == 200
    assert answer.content == content


@pytest.mark.parametrize("place", PLACES)
def test_answer_buffer_sets_the_mime_type(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/answer/bytes").headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["dict", "int", "no-mime"])
def test_answer_buffer_refuses(server: OrthancServer, name: str, place: str) -> None:
    assert server.get(f"{place}/answer/{name}").status_code == 500
    server.wait_log("TypeError", start=server.log_offset)


@pytest.mark.parametrize("place", PLACES)
def test_first_of_two_answers_wins(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/twice")
    assert (answer.status_code, answer.text) == (200, "one")


@pytest.mark.parametrize("place", PLACES)
def test_status_code_has_an_empty_body(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/status-code")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("place", PLACES)
def test_method_not_allowed(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/method")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET,PUT")


@pytest.mark.parametrize("place", PLACES)
def test_unauthorized(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/unauthorized")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="realm"')


@pytest.mark.parametrize("place", PLACES)
def test_redirect(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/redirect")
    assert answer.status_code in {301, 307}  # Orthanc 1.10, and newer
    assert answer.headers["Location"] == "/elsewhere"


@pytest.mark.parametrize("place", PLACES)
def test_cookie_and_header(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/answer/cookie").cookies["a"] == "b"
    server.session.cookies.clear()
    assert server.get(f"{place}/answer/header").headers["X-Mine"] == "v"


@pytest.mark.parametrize("place", PLACES)
def test_header_after_the_answer_is_lost_without_harm(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/late-header")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert "X-Late" not in answer.headers


def test_images(server: OrthancServer) -> None:
    png = server.get("/master/answer/png")
    assert (png.headers["Content-Type"], png.content[:4]) == ("image/png", b"\x89PNG")
    jpeg = server.get("/master/answer/jpeg")
    assert (jpeg.headers["Content-Type"], jpeg.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_multipart(server: OrthancServer) -> None:
    answer = server.get("/master/answer/multipart")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("multipart/mixed")
    assert answer.content.index(b"first") < answer.content.index(b"next")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.runtime_only
def test_http_status_with_a_body(server: OrthancServer, place: str) -> None:
    refused = server.get(f"{place}/answer/status")
    assert (refused.status_code, refused.text) == (403, "not you")
    fine = server.get(f"{place}/answer/status-bytes")
    assert (fine.status_code, fine.content) == (200, b"fine")


@pytest.mark.parametrize("place", PLACES)
def test_error_details(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/details")
    assert answer.status_code == 500
    assert answer.json()["Details"] == "because"


@pytest.mark.parametrize("place", PLACES)
def test_exception_after_the_answer_keeps_the_answer(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/answer-then-raise")
    assert (answer.status_code, answer.text) == (200, "answered")
    server.wait_log("ZeroDivisionError", start=server.log_offset)


@pytest.mark.runtime_only
@pytest.mark.parametrize("name", ["png", "jpeg", "multipart"])
def test_what_a_worker_cannot_answer_is_named(server: OrthancServer, name: str) -> None:
    assert server.get(f"/worker/answer/{name}").status_code == 500
    server.wait_log("NotInWorker.*AnswerBuffer", start=server.log_offset)
