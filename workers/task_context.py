# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which task this is, for the log records of its handler."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

from orthanc_runtime.protocol import TaskKind

# As in dispatch/request_id.cpp.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)

current: ContextVar[tuple[int, Any] | None] = ContextVar("orthanc_runtime_task", default=None)
"""Number of the task, and the head of its TASK frame."""


def current_task() -> tuple[str, str]:
    """The ids of the task, and of its request, which the client may have named; empty outside."""
    here = current.get()
    if here is None:
        return "", ""
    number, head = here
    task = str(number)
    if head[0] == TaskKind.REST:
        given = head[6].get("x-request-id", "")
        if _REQUEST_ID.fullmatch(given):
            return task, given
    return task, task


def mark_log_records() -> None:
    """Give each ``LogRecord`` the attributes ``task_id`` and ``request_id``.

    Both are empty outside of tasks, and in threads that a handler has started.
    """
    make = logging.getLogRecordFactory()

    def factory(*arguments: object, **keywords: object) -> logging.LogRecord:
        record = make(*arguments, **keywords)
        record.task_id, record.request_id = current_task()
        return record

    logging.setLogRecordFactory(factory)
