# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the methods of ``output`` become in HTTP."""

from __future__ import annotations

import contextlib
import email
import io
from typing import Any

import pytest
import requests
from both_places import PLACES, REGISTER
from PIL import Image
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
        orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, bytearray(b"\x00\x40\x80\xff"), 90),
    "multipart": lambda o: (
        o.StartMultipartAnswer("mixed", "text/plain"),
        o.SendMultipartItem("first"), o.SendMultipartItem(b"next"),
        o.SendMultipartItem2(bytearray(b"last"), {"X-Item": "3"})),
    "multipart-raises": lambda o: (
        o.StartMultipartAnswer("mixed", "text/plain"), o.SendMultipartItem("first"), 1 / 0),
    "item-alone": lambda o: o.SendMultipartItem("first"),
    "large-png": lambda o: o.CompressAndAnswerPngImage(
        orthanc.PixelFormat.RGB24, 1000, 1000, 3000, memoryview(bytes(3000000))),
    "png-short": lambda o: o.CompressAndAnswerPngImage(
        orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, b"\x00"),
    "png-pitch": lambda o: o.CompressAndAnswerPngImage(
        orthanc.PixelFormat.GRAYSCALE16, 2, 2, 2, bytes(16)),
    "jpeg-quality": lambda o: o.CompressAndAnswerJpegImage(
        orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, bytes(4), 101),
    "jpeg-16-bits": lambda o: o.CompressAndAnswerJpegImage(
        orthanc.PixelFormat.GRAYSCALE16, 2, 2, 4, bytes(8), 90),
    "png-refused-then-text": lambda o: (
        refused(lambda: ANSWERS["png-short"](o)), o.AnswerBuffer("text", "text/plain")),
    "status": lambda o: o.SendHttpStatus(403, "not you"),
    "status-bytes": lambda o: o.SendHttpStatus(200, b"fine"),
    "details": lambda o: (o.SetHttpErrorDetails("because", 1), 1 / 0),
    "answer-then-raise": lambda o: (o.AnswerBuffer("answered", "text/plain"), 1 / 0),
}

def refused(call):
    try:
        call()
    except ValueError:
        return
    raise AssertionError("not refused")

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


@pytest.mark.parametrize("place", PLACES)
def test_images(server: OrthancServer, place: str) -> None:
    png = server.get(f"{place}/answer/png")
    assert png.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(png.content)).tobytes() == b"\x00\x40\x80\xff"
    jpeg = server.get(f"{place}/answer/jpeg")
    assert jpeg.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(jpeg.content)).size == (2, 2)
    large = Image.open(io.BytesIO(server.get(f"{place}/answer/large-png").content))
    assert (large.size, large.mode) == ((1000, 1000), "RGB")


@pytest.mark.runtime_only
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("png-short", "ValueError: the image needs 4 bytes"),
        ("png-pitch", "ValueError: the pitch is 2, less than the 4 bytes"),
        ("jpeg-quality", r"OrthancException: \(3,"),
        ("jpeg-16-bits", r"OrthancException: \(3,"),
    ],
)
def test_images_that_cannot_be_sent(
    server: OrthancServer, place: str, name: str, message: str
) -> None:
    assert server.get(f"{place}/answer/{name}").status_code >= 400
    server.wait_log(message, start=server.log_offset)
    assert server.get(f"{place}/answer/png-refused-then-text").text == "text"


@pytest.mark.parametrize("place", PLACES)
def test_multipart(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/answer/multipart")
    assert answer.status_code == 200
    kind = answer.headers["Content-Type"]
    assert kind.startswith("multipart/mixed")
    parsed = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + answer.content)
    items: Any = parsed.get_payload()
    assert [item.get_payload() for item in items] == ["first", "next", "last"]
    assert [item.get_content_type() for item in items] == ["text/plain"] * 3
    assert items[2]["X-Item"] == "3"


@pytest.mark.parametrize("place", PLACES)
def test_multipart_that_fails(server: OrthancServer, place: str) -> None:
    with contextlib.suppress(requests.exceptions.RequestException):
        assert b"first" in server.get(f"{place}/answer/multipart-raises").content
    server.wait_log("ZeroDivisionError", start=server.log_offset)
    assert server.get(f"{place}/answer/multipart").status_code == 200


@pytest.mark.runtime_only
@pytest.mark.parametrize("place", PLACES)
def test_an_item_without_a_start(server: OrthancServer, place: str) -> None:
    assert server.get(f"{place}/answer/item-alone").status_code >= 400
    server.wait_log("OrthancException", start=server.log_offset)


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
