# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``output`` that a REST handler gets in a worker."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import NoReturn

from orthanc_runtime.errors import NotInWorker, OrthancException
from orthanc_runtime.lanes import TaskOutput, as_data, check_header_text, check_text
from orthanc_runtime.protocol import BAD_VALUE

from .lane import Lane
from .marshal import WrongTypeError, encoder

BAD_SEQUENCE_OF_CALLS = 6


class RestOutput(TaskOutput):
    """The answer to a REST request.

    Each call travels to Orthanc as it is made and is applied there in order. Raises TypeError
    and ValueError for wrong arguments, OrthancException (6, ...) once the handler has returned.
    """

    __slots__ = ()

    _lane: Lane

    def Redirect(self, redirection: str, /) -> None:
        """Send the client to another URI."""
        self._send_header("Redirect", redirection)

    def SendHttpStatus(self, status: int, answer: object, length: int | None = None, /) -> None:
        """Answer with this status; of the body the first ``length`` bytes, or all."""
        expected = 2 if length is None else 3
        data = as_data(answer, expected)
        if length is not None:
            if not isinstance(length, int):
                _bad_types(expected)
            if not 0 <= length <= len(data):
                raise ValueError(f"length {length} of a body that has {len(data)} bytes")
            data = data[:length]
        self._send(("SendHttpStatus", _status(status, expected)), data)

    def SendHttpStatusCode(self, status: int, /) -> None:
        """Answer with this status and an empty body."""
        self._send(("SendHttpStatusCode", _status(status, 1)))

    def SendMethodNotAllowed(self, allowedMethods: str, /) -> None:  # noqa: N803
        """Answer 405; the methods are separated by commas."""
        self._send_header("SendMethodNotAllowed", allowedMethods)

    def SendUnauthorized(self, realm: str, /) -> None:
        """Answer 401 and ask for a user name and a password."""
        self._send_header("SendUnauthorized", realm)

    def SetCookie(self, cookie: str, value: str, /) -> None:
        """Set a cookie; before the answer."""
        self._send_header("SetCookie", cookie, value)

    def SetHttpHeader(self, key: str, value: str, /) -> None:
        """Set a header of the answer; before the answer."""
        self._send_header("SetHttpHeader", key, value)

    def SetHttpErrorDetails(self, details: str, log: int, /) -> None:
        """What Orthanc says about a failure, and whether it logs that, too."""
        check_text(details, 2)
        if not isinstance(log, int):
            _bad_types(2)
        self._send(("SetHttpErrorDetails", details, int(bool(log))))

    def StartStreamAnswer(self, contentType: str, /) -> None:  # noqa: N803
        """Answer with status 200, and a body that follows in chunks."""
        check_header_text(contentType, 1)
        self._send_awaited(("StartStreamAnswer", contentType))

    def SendStreamChunk(self, answer: object, /) -> None:
        """Send the next part of the body; returns once Orthanc has sent it.

        Raises OrthancException where the client has gone.
        """
        self._send_awaited(("SendStreamChunk",), as_data(answer, 1))

    def StartMultipartAnswer(self, subType: str, contentType: str, /) -> None:  # noqa: N803
        """Answer with ``multipart/subType``, and items that follow."""
        check_header_text(subType, 2)
        check_header_text(contentType, 2)
        self._send_awaited(("StartMultipartAnswer", subType, contentType))

    def SendMultipartItem(self, answer: object, /) -> None:
        """Send the next item; returns once Orthanc has sent it.

        Raises OrthancException where the client has gone.
        """
        self._send_awaited(("SendMultipartItem",), as_data(answer, 1))

    def SendMultipartItem2(self, answer: object, headers: Mapping[str, str] | None, /) -> None:
        """The same for an item with headers of its own."""
        data = as_data(answer, 2)
        fields = _marshalled("headers", headers, 2) or {}
        self._send_awaited(("SendMultipartItem2", fields), data)

    def CompressAndAnswerPngImage(
        self, format: int, width: int, height: int, pitch: int, buffer: object, /
    ) -> None:
        """Answer with an image that Orthanc compresses to PNG.

        Raises ValueError where the image does not fit into the buffer, OrthancException where
        Orthanc cannot compress it.
        """
        head = ("CompressAndAnswerPngImage", *_image(format, width, height, pitch, 5))
        self._send_awaited(head, as_data(buffer, 5))

    def CompressAndAnswerJpegImage(
        self, format: int, width: int, height: int, pitch: int, buffer: object, quality: int, /
    ) -> None:
        """The same for JPEG, with a quality from 1 to 100."""
        described = _image(format, width, height, pitch, 6)
        head = ("CompressAndAnswerJpegImage", *described, _marshalled("uint8_t", quality, 6))
        self._send_awaited(head, as_data(buffer, 6))

    def __reduce__(self) -> NoReturn:
        raise TypeError("the output of a REST request belongs to one request and cannot be sent")

    def _send_header(self, name: str, *texts: str) -> None:
        for text in texts:
            check_header_text(text, len(texts))
        self._send((name, *texts))

    def _send_awaited(
        self, head: tuple[object, ...], data: bytes | bytearray | memoryview = b""
    ) -> None:
        if threading.get_ident() != self._lane.thread:
            raise NotInWorker(f"RestOutput.{head[0]} works in the thread that runs the handler")
        self._send(head, data)
        code, description, *_ = self._lane.receive_reply().head
        if code == BAD_VALUE:
            raise ValueError(description)
        if code != 0:
            raise OrthancException(code, description)

    def _send(self, head: tuple[object, ...], data: bytes | bytearray | memoryview = b"") -> None:
        if not self._lane.send_output(self, head, data):
            self._has_returned(head[0])

    def _has_returned(self, name: object) -> NoReturn:
        raise OrthancException(
            BAD_SEQUENCE_OF_CALLS,
            f"{name}: this output belongs to a request whose handler has returned",
        )


RestOutput.__module__ = "orthanc"


def _bad_types(expected: int) -> NoReturn:
    raise TypeError(f"Bad types for the arguments ({expected} arguments expected)")


def _marshalled(kind: str, value: object, expected: int) -> object:
    """As the SDK's functions take it; raises TypeError, ValueError, OverflowError."""
    try:
        return encoder(kind, {})(value, [])
    except WrongTypeError:
        _bad_types(expected)


def _image(
    pixel_format: object, width: object, height: object, pitch: object, expected: int
) -> tuple[object, ...]:
    sizes = (_marshalled("uint32_t", size, expected) for size in (width, height, pitch))
    return (_marshalled("int32_t", pixel_format, expected), *sizes)


def _status(status: object, expected: int) -> int:
    if not isinstance(status, int):
        _bad_types(expected)
    if not 100 <= status <= 999:
        raise ValueError(f"{int(status)} is no HTTP status")
    return int(status)
