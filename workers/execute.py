# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task: decode, call the handler, answer."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

from orthanc_runtime import payload
from orthanc_runtime.errors import OrthancException
from orthanc_runtime.protocol import Frame, Kind, ProtocolError, TaskKind

from . import task_context
from .handlers import Handlers
from .lane import Lane, abandon
from .output import RestOutput
from .worker_loop import WorkerLoop

_DONE, _FAILED = int(Kind.DONE), int(Kind.FAILED)
_REST, _FUNCTION = int(TaskKind.REST), int(TaskKind.FUNCTION)
_WITH_BODY = ("POST", "PUT")
MAXIMUM_MESSAGE = 64 * 1024
MAXIMUM_TRACEBACK = 256 * 1024


class Executor:
    """Runs tasks of one lane. Whatever a handler raises becomes a FAILED frame."""

    def __init__(self, lane: Lane, handlers: Handlers, loop: WorkerLoop) -> None:
        self._lane = lane
        self._find = handlers.find
        self._finish = loop.finish

    def __call__(self, frame: Frame) -> None:
        """Run a TASK frame, nested in the one that runs, if any."""
        lane = self._lane
        outer = lane.task, lane.depth, lane.output
        _, lane.depth, lane.task, head, body = frame
        context = task_context.enter((lane.task, head))
        try:
            kind = head[0]
            if kind == _REST:
                self._run_request(head, body)
            elif kind == _FUNCTION:
                self._run_function(head, body)
            else:
                raise ProtocolError(f"task of kind {kind!r}")
        except (ProtocolError, LookupError, TypeError, ValueError) as error:
            abandon(error)  # handlers cannot raise these here: the frame makes no sense
        finally:
            lane.task, lane.depth, lane.output = outer
            task_context.leave(context)

    def _run_request(self, head: Sequence[Any], body: bytes | bytearray) -> None:
        address, uri, request = request_of(head, body)
        lane = self._lane
        lane.output = output = RestOutput(lane)
        try:
            returned = self._find(address)(output, uri, **request)
            if returned is not None:
                self._finish(returned)
        except BaseException as error:  # noqa: BLE001 - the worker outlives its handlers
            failure = failure_head(error)
        else:
            lane.finish(_DONE, ())
            return
        lane.finish(_FAILED, failure)

    def _run_function(self, head: Sequence[Any], body: bytes | bytearray) -> None:
        address = head[1]
        lane = self._lane
        lane.output = None
        name = address.rpartition(":")[2]
        try:
            arguments, keywords = payload.decode_call(body)
            result = self._finish(self._find(address)(*arguments, **keywords))
            parts = payload.encode_result(result, name)
        except BaseException as error:  # noqa: BLE001 - the worker outlives its handlers
            failure, parts = failure_head(error), payload.encode_exception(error)
        else:
            lane.finish(_DONE, (), *parts)
            return
        lane.finish(_FAILED, failure, *parts)


def request_of(head: Sequence[Any], body: bytes | bytearray) -> tuple[str, str, dict[str, Any]]:
    """Address of the handler, URI and keyword arguments, from the TASK frame of a REST request."""
    _, address, method, uri, groups, get, headers, *payload = head
    request: dict[str, Any] = {"method": method, "groups": tuple(groups), "headers": headers}
    if get is not None:
        request["get"] = get
    if payload:
        (request["authenticationPayload"],) = payload
    if method in _WITH_BODY:
        request["body"] = body
    return address, uri, request


def failure_head(error: BaseException) -> tuple[str, str, str, int | None]:
    """Type, message, traceback and error code of an exception, as FAILED carries them."""
    kind = type(error).__qualname__
    if type(error).__module__ not in ("builtins", None):
        kind = f"{type(error).__module__}.{kind}"
    code = error.args[0] if isinstance(error, OrthancException) and error.args else None
    return (
        kind,
        _sendable(_message(error)[:MAXIMUM_MESSAGE]),
        _sendable(_traceback(error)[-MAXIMUM_TRACEBACK:]),
        int(code) if isinstance(code, int) else None,
    )


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001 - the user's __str__
        return f"(its message cannot be made: {type(second).__name__})"


def _traceback(error: BaseException) -> str:
    frames = error.__traceback__
    if frames is not None and frames.tb_next is not None:
        frames = frames.tb_next  # without the frame of this module
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except Exception as second:  # noqa: BLE001 - the user's __str__, or memory still short
        return f"{type(error).__name__} (its traceback cannot be made: {type(second).__name__})\n"


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
