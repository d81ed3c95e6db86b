# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers of large bodies that do nothing with them, for either plugin."""

from __future__ import annotations

from typing import Any

ANSWER = b"\x5a" * (64 << 20)


def on_answer(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(ANSWER, "application/octet-stream")


def on_upload(output: Any, _uri: str, **request: Any) -> None:
    output.AnswerBuffer(str(len(request["body"])), "text/plain")


def on_noop(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(b"ok", "text/plain")
