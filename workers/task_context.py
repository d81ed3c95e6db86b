# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which task this is, for the log records of its handler."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar, Token

# As in dispatch/request_id.cpp.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

_current: ContextVar[tuple[str, str]] = ContextVar("orthanc_runtime_task", default=("", ""))


def enter(task: int) -> Token[tuple[str, str]]:
    """From now on records are of this task."""
    return _current.set((str(task), str(task)))


def name_request(headers: Mapping[str, str]) -> None:
    """The client may have named the request of this task."""
    given = headers.get("x-request-id", "")
    if _REQUEST_ID.fullmatch(given):
        _current.set((_current.get()[0], given))


def leave(token: Token[tuple[str, str]]) -> None:
    """Back to the task before."""
    _current.reset(token)


def mark_log_records() -> None:
    """Give each ``LogRecord`` the attributes ``task_id`` and ``request_id``.

    Both are empty outside of tasks, and in threads that a handler has started.
    """
    make = logging.getLogRecordFactory()

    def factory(*arguments: object, **keywords: object) -> logging.LogRecord:
        record = make(*arguments, **keywords)
        record.task_id, record.request_id = _current.get()
        return record

    logging.setLogRecordFactory(factory)
