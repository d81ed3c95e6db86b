# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of the script in Orthanc's engine, for ``orthanc.CreateJob``.

A job that can be watched, paused, cancelled, resubmitted, and goes on after a restart::

    class Count(Job):
        def __init__(self, until, done=0):
            self.until, self.done = until, done

        def Step(self):
            self.done += 1
            done = self.done == self.until
            return orthanc.JobStepStatus.SUCCESS if done else orthanc.JobStepStatus.CONTINUE

        def Reset(self):
            self.done = 0

        def GetProgress(self):
            return self.done / self.until

        def GetContent(self):
            return {"Done": self.done}

        def GetSerialized(self):
            return {"until": self.until, "done": self.done}

    def unserialize(job_type, serialized):
        return Count(**serialized) if job_type == "Count" else None

    orthanc.RegisterJobsUnserializer(unserialize)
    job_id = orthanc.CreateJob("Count", Count(10)).SubmitJob()

Orthanc calls one method of a job at a time, on a thread of its engine, and asks for progress,
content and serialization after each step. A step should be short: only between two of them can a
job be paused or cancelled. When Orthanc stops it waits for the step that runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .errors import OrthancException

if TYPE_CHECKING:
    import orthanc

_CONTINUE = 3
_STATUSES = (1, 2, _CONTINUE)
_MAXIMUM_DEPTH = 100
_RESERVED = "Type"


class Steps(Protocol):
    """What a job has at least; it may have any of the other methods of :class:`Job`, too."""

    def Step(self) -> orthanc.JobStepStatus | int: ...


class Job:
    """A job, of which only ``Step`` must be written."""

    def Step(self) -> orthanc.JobStepStatus | int:
        """Do a part of the work. What it raises is logged, and fails the job."""
        raise NotImplementedError(f"{type(self).__name__}.Step")

    def Stop(self, reason: orthanc.JobStopReason, /) -> object:
        """The job has ended, or pauses: let go of what is needed only while it runs."""

    def Reset(self) -> object:
        """A job that failed or was cancelled is resubmitted, and begins anew."""

    def GetProgress(self) -> float:
        """From 0 to 1."""
        return 0.0

    def GetContent(self) -> Mapping[str, Any] | str:
        """What ``/jobs/{id}`` shows as ``Content``: an object of JSON, or its text."""
        return {}

    def GetSerialized(self) -> Mapping[str, Any] | str | None:
        """What the job can be made from after a restart of Orthanc: an object of JSON without
        the key ``Type``, or its text; None where it cannot be."""
        return None


class CheckedJob:
    """A job as the plugin calls it: each result checked, and in the SDK's terms.

    Orthanc ends where content or serialization is anything but an object of JSON.
    """

    def __init__(self, job: object, describe_errors: bool) -> None:
        """Raises TypeError for an object that has no ``Step``."""
        step = _method(job, "Step")
        if step is None:
            raise TypeError(f"a job needs a method Step, which {type(job).__name__} has not")
        self._step = step
        self._job = job
        self._describe_errors = describe_errors
        self._failure: dict[str, Any] = {}

    def step(self) -> int:
        self._failure = {}
        try:
            status = self._step()
            if isinstance(status, bool) or not isinstance(status, int) or status not in _STATUSES:
                raise TypeError(f"Step returns a JobStepStatus, not {status!r}")
        except BaseException as error:
            self._failure = self._told(error)
            raise
        return int(status)

    def stop(self, reason: object) -> None:
        if stop := _method(self._job, "Stop"):
            stop(reason)

    def reset(self) -> None:
        self._failure = {}
        if reset := _method(self._job, "Reset"):
            reset()

    def progress(self) -> float:
        get = _method(self._job, "GetProgress")
        progress = 0.0 if get is None else float(get())
        if not 0 <= progress <= 1:
            raise ValueError(f"GetProgress returns a number from 0 to 1, not {progress}")
        return progress

    def content(self) -> str:
        """With what the last step raised, as Orthanc tells nothing of it."""
        get = _method(self._job, "GetContent")
        content = {} if get is None else _json_object("GetContent", get())
        return _dump("GetContent", content | self._failure)

    def failure(self) -> str:
        """The content where GetContent fails."""
        return _dump("GetContent", self._failure)

    def serialized(self) -> str | None:
        get = _method(self._job, "GetSerialized")
        serialized = None if get is None else get()
        if serialized is None:
            return None
        found = _json_object("GetSerialized", serialized)
        if _RESERVED in found:
            raise ValueError(f"GetSerialized: Orthanc keeps the key {_RESERVED!r} for itself")
        return _dump("GetSerialized", found)

    def _told(self, error: BaseException) -> dict[str, Any]:
        told: dict[str, Any] = {}
        if isinstance(error, OrthancException) and error.args and isinstance(error.args[0], int):
            told["OrthancStatus"] = int(error.args[0])
        if self._describe_errors:
            text = f"{type(error).__qualname__}: {error}"
            told["Error"] = text.encode("utf-8", "backslashreplace").decode()
        return told


class Unserializer:
    """A callback of RegisterJobsUnserializer as the plugin calls it."""

    def __init__(self, callback: Callable[[str, dict[str, Any]], object]) -> None:
        self._callback = callback

    def __call__(self, job_type: str, serialized: str) -> object:
        found: dict[str, Any] = json.loads(serialized)
        found.pop(_RESERVED, None)
        return self._callback(job_type, found)


def _method(job: object, name: str) -> Callable[..., Any] | None:
    method = getattr(job, name, None)
    return method if callable(method) else None


def _json_object(method: str, value: object) -> dict[str, Any]:
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, Mapping):
        raise TypeError(f"{method} returns an object of JSON, not {type(found).__name__}")
    return dict(found)


def _dump(method: str, value: dict[str, Any]) -> str:
    """Raises ValueError for what Python takes for JSON and Orthanc does not."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    _require_readable(method, json.loads(text), 1)
    text.encode()
    return text


def _require_readable(method: str, value: object, depth: int) -> None:
    if depth > _MAXIMUM_DEPTH:
        raise ValueError(f"{method}: more than {_MAXIMUM_DEPTH} levels of JSON")
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise ValueError(f"{method}: a number of JSON has at most 64 bits")
    children = value.values() if isinstance(value, dict) else value
    if isinstance(children, str) or not hasattr(children, "__iter__"):
        return
    for child in children:
        _require_readable(method, child, depth + 1)
