# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role of a worker: offloaded functions run here, inline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Mapping
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

from orthanc_runtime.addresses import AddressTable, declared_address
from orthanc_runtime.event_loops import in_event_loop
from orthanc_runtime.offload import Offloaded
from orthanc_runtime.role import DEFAULT_POOL, RestAccess, RestRoute, completed

from .calls import Calls
from .other_pools import call_there
from .preloading import Preloading
from .worker_loop import WorkerLoop

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


class WorkerRole:
    """What declarations and registrations of the script mean in a worker."""

    in_worker = True

    def __init__(
        self, access: RestAccess, calls: Calls, loop: WorkerLoop, pool: str = DEFAULT_POOL
    ) -> None:
        self._pool = pool
        self.table = AddressTable()
        self.start_hooks: list[Callable[[], object]] = []
        self._access = access
        self._calls = calls
        self._loop = loop

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        self.table.declare(offloaded)

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        if self._is_elsewhere(offloaded):
            call = partial(call_there, self._calls, offloaded, arguments, keywords)
            wait = offloaded.cancellable and in_event_loop()
            return asyncio.to_thread(call) if wait else call()
        returned = offloaded.__wrapped__(*arguments, **keywords)
        return returned if in_event_loop() else self._loop.finish(returned)

    def submit(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Future[Any]:
        if self._is_elsewhere(offloaded):
            return completed(partial(call_there, self._calls), (offloaded, arguments, keywords), {})
        return completed(
            lambda: self._loop.finish(offloaded.__wrapped__(*arguments, **keywords)), (), {}
        )

    def _is_elsewhere(self, offloaded: Offloaded[..., Any]) -> bool:
        """What a named pool is for runs there only; what names none, wherever it is called."""
        return offloaded.pool not in (DEFAULT_POOL, self._pool)

    def adopt(self, preloading: Preloading, known: Container[str]) -> None:
        """What modules have declared in the fork server, as far as Orthanc has imported them."""
        for offloaded in preloading.declared:
            if declared_address(offloaded) in known:
                self.declare(offloaded)
        for hook, pool in preloading.hooks:
            self.on_worker_start(hook, pool)

    def rest_route(self, pattern: str, callback: Callable[..., object]) -> RestRoute:
        return self.table.rest_route(pattern, callback)

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        if pool in (None, self._pool):
            self.start_hooks.append(hook)

    def rest_access(self) -> RestAccess:
        return self._access

    def rest_adapter(self, access: RestAccess, http: Callable[[bool], BaseAdapter]) -> BaseAdapter:
        # requests takes long to import: only scripts that use it pay
        from .rest_channel import adapter_of

        return adapter_of(access, http, self._calls)
