# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST routes and their answers, and calls of the REST API."""

from __future__ import annotations

from codegen.overrides import ClassOverride, Overrides, hand

REST = Overrides(
    functions={
        "AnswerBuffer": hand(
            "(self, answer: str | Buffer | None, mimeType: str, /) -> None", owner="RestOutput"
        ),
        "RegisterErrorCode": hand("(code: int, httpStatus: int, message: str, /) -> int"),
        "RegisterRestCallback": hand(
            "(path: str, callback: orthanc_runtime.rest_request.RestHandler, /) -> None"
        ),
        "SetHttpErrorDetails": hand(
            "(self, details: str, log: int, /) -> None", owner="RestOutput"
        ),
    },
    classes={"RestOutput": ClassOverride("RestOutput", "OutputUse", "bind_rest_output")},
    nullable=frozenset(
        (f"RestApi{method}{suffix}", "body")
        for method in ("Post", "Put")
        for suffix in ("", "AfterPlugins")
    ),
    answering=frozenset(
        {
            "Redirect",
            "SendHttpStatus",
            "SendHttpStatusCode",
            "SendUnauthorized",
            "SendMethodNotAllowed",
            "StartMultipartAnswer",
            "StartStreamAnswer",
        }
    ),
    signatures={
        "SendHttpStatus": (
            "(self, status: int, body: str | Buffer, /) -> None",
            "(self, status: int, body: str | Buffer, bodySize: int, /) -> None",
        ),
    },
)
