# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``output`` of a handler that runs in a test, and the answer that it made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from orthanc_runtime.errors import OrthancException

BAD_SEQUENCE_OF_CALLS = 6


@dataclass
class InlineAnswer:
    """What the client would get."""

    status_code: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class InlineOutput:
    """The answering methods of ``orthanc.RestOutput``; those for images and parts need Orthanc."""

    def __init__(self) -> None:
        self._answer = InlineAnswer()
        self._answered = False

    def finish(self) -> InlineAnswer:
        """Raises AssertionError where the handler has not answered."""
        assert self._answered, "the handler ended without an answer"
        return self._answer

    def AnswerBuffer(self, answer: str | bytes | None, mimeType: str, /) -> None:  # noqa: N803
        self._send(200, answer, {"Content-Type": mimeType})

    def Redirect(self, redirection: str, /) -> None:
        self._send(301, None, {"Location": redirection})

    def SendHttpStatus(
        self, status: int, answer: str | bytes | None, length: int | None = None, /
    ) -> None:
        data = _bytes(answer)
        self._send(status, data if length is None else data[:length])

    def SendHttpStatusCode(self, status: int, /) -> None:
        self._send(status, None)

    def SendMethodNotAllowed(self, allowedMethods: str, /) -> None:  # noqa: N803
        self._send(405, None, {"Allow": allowedMethods})

    def SendUnauthorized(self, realm: str, /) -> None:
        self._send(401, None, {"WWW-Authenticate": f'Basic realm="{realm}"'})

    def SetCookie(self, cookie: str, value: str, /) -> None:
        self._answer.headers["Set-Cookie"] = f"{cookie}={value}"

    def SetHttpHeader(self, key: str, value: str, /) -> None:
        self._answer.headers[key] = value

    def SetHttpErrorDetails(self, details: str, log: int, /) -> None:
        """Shown where the handler raises, which a test sees by itself."""

    def StartStreamAnswer(self, contentType: str, /) -> None:  # noqa: N803
        self._send(200, None, {"Content-Type": contentType})

    def SendStreamChunk(self, answer: str | bytes, /) -> None:
        self._answer.content += _bytes(answer)

    def _send(
        self, status: int, answer: str | bytes | None, headers: dict[str, str] | None = None
    ) -> None:
        if self._answered:
            raise OrthancException(BAD_SEQUENCE_OF_CALLS, "this request has been answered")
        self._answered = True
        self._answer.status_code = status
        self._answer.content = _bytes(answer)
        self._answer.headers |= headers or {}


def _bytes(answer: str | bytes | None) -> bytes:
    return answer.encode() if isinstance(answer, str) else bytes(answer or b"")
