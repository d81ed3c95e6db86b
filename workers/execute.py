# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of a worker, and what becomes of what they raise."""

from __future__ import annotations

import traceback

from orthanc_runtime import payload
from orthanc_runtime.errors import OrthancException
from orthanc_runtime.lanes import TaskRunner
from orthanc_runtime.protocol import Kind

from . import task_context
from .handlers import Handlers
from .lane import Lane
from .output import RestOutput
from .worker_loop import WorkerLoop

_FAILED = int(Kind.FAILED)
MAXIMUM_MESSAGE = 64 * 1024
MAXIMUM_TRACEBACK = 256 * 1024


class Executor:
    """Runs tasks of one lane. Whatever a handler raises becomes a FAILED frame."""

    def __init__(self, lane: Lane, handlers: Handlers, loop: WorkerLoop) -> None:
        self._lane = lane
        runner = TaskRunner(
            lane=lane,
            find=handlers.find,
            output_type=RestOutput,
            returned=loop.finish,
            raised=self._fail,
            decode_call=payload.decode_call,
            encode_result=payload.encode_result,
            call_raised=self._call_raised,
            current=task_context.current,
        )
        self.run = runner.run
        """Runs a TASK frame, nested in the one that runs, if any."""
        self.serve = runner.serve

    def _fail(self, error: BaseException) -> None:
        self._lane.finish(_FAILED, failure_head(error))

    def _call_raised(self, error: BaseException) -> None:
        self._lane.finish(_FAILED, failure_head(error), *payload.encode_exception(error))


def failure_head(error: BaseException, hidden: int = 0) -> tuple[str, str, str, int | None]:
    """Type, message, traceback and error code of an exception, as FAILED carries them.

    The traceback goes without its first ``hidden`` frames, which are ours.
    """
    kind = type(error).__qualname__
    if type(error).__module__ not in ("builtins", None):
        kind = f"{type(error).__module__}.{kind}"
    code = error.args[0] if isinstance(error, OrthancException) and error.args else None
    return (
        kind,
        _sendable(_message(error)[:MAXIMUM_MESSAGE]),
        _sendable(_traceback(error, hidden)[-MAXIMUM_TRACEBACK:]),
        int(code) if isinstance(code, int) else None,
    )


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001 - the user's __str__
        return f"(its message cannot be made: {type(second).__name__})"


def _traceback(error: BaseException, hidden: int) -> str:
    frames = error.__traceback__
    for _ in range(hidden):
        if frames is not None and frames.tb_next is not None:
            frames = frames.tb_next
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except Exception as second:  # noqa: BLE001 - the user's __str__, or memory still short
        return f"{type(error).__name__} (its traceback cannot be made: {type(second).__name__})\n"


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
