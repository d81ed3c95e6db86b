# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script may do, and what it declares, where it is imported to be checked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from orthanc_runtime.errors import StartupError
from orthanc_runtime.log_codes import LogLevel
from orthanc_runtime.offload import Offloaded
from orthanc_runtime.pool_names import check_pool
from orthanc_runtime.role import DEFAULT_POOL, RestAccess, RestRoute
from orthanc_runtime.workers.calls import Calls
from orthanc_runtime.workers.role import WorkerRole
from orthanc_runtime.workers.worker_loop import WorkerLoop

from .registrations import Recorder


class NeedsOrthancError(RuntimeError):
    """The script asks Orthanc for something while it is imported."""


class CheckingRole(WorkerRole):
    """A worker's, or that of Orthanc as far as a script can tell the difference."""

    def __init__(self, in_worker: bool, pools: frozenset[str] | None, recorder: Recorder) -> None:
        """``pools`` are those of the configuration; None: there is none to compare with."""
        calls: Any = UnconnectedCalls()
        super().__init__(RestAccess("", ""), calls, WorkerLoop(calls))
        self.in_worker = in_worker
        self.unconnected: Calls = calls
        self.declared: list[Offloaded[..., Any]] = []
        self.hooks: list[tuple[Callable[[], object], str | None]] = []
        self._pools = None if pools is None else sorted(pools)
        self._recorder = recorder

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        if self._pools is not None:
            check_pool("offload", offloaded.pool, offloaded, self._pools)
        self.declared.append(offloaded)
        super().declare(offloaded)

    def rest_route(self, pattern: str, callback: Callable[..., object]) -> RestRoute:
        route = super().rest_route(pattern, callback)
        self._recorder.routes.append((callback, route))
        return route

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        if self._pools is not None:
            check_pool("on_worker_start", pool or DEFAULT_POOL, hook, self._pools)
        self.hooks.append((hook, pool))

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        if not self.in_worker:
            _refuse_call(offloaded)
        return super().call(offloaded, arguments, keywords)

    def submit(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        if not self.in_worker:
            _refuse_call(offloaded)
        return super().submit(offloaded, arguments, keywords)

    def rest_access(self) -> RestAccess:
        raise NeedsOrthancError("rest is used while the script is imported")


class UnconnectedCalls:
    """In place of the frames to Orthanc, which is not there; log lines go to the errors."""

    cancel: Callable[[], None] | None = None

    def call(self, function: str, *_: object, **__: object) -> NoReturn:
        raise NeedsOrthancError(f"orthanc.{function} is called while the script is imported")

    def log(self, level: LogLevel, message: str) -> None:
        print(f"{level.name.lower()}: {message}", file=sys.stderr)

    def task(self) -> int:
        return 0

    def drop(self, number: int) -> None:
        """There are no objects of Orthanc."""


def _refuse_call(offloaded: Offloaded[..., Any]) -> NoReturn:
    name = offloaded.__wrapped__.__qualname__
    raise StartupError(
        f"{name} is offloaded and is called while the script is imported, before there are "
        f"workers: call {name}.__wrapped__, or call it later, in a handler"
    )
