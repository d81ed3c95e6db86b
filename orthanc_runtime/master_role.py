# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role of the master interpreter: offloaded functions run in a worker."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import inspect
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from orthanc_runtime import payload
from orthanc_runtime.addresses import VALUE, AddressTable, function_address
from orthanc_runtime.errors import StartupError
from orthanc_runtime.event_loops import finish_apart, in_event_loop
from orthanc_runtime.native import NativeFunction, NativePool
from orthanc_runtime.offload import Offloaded, offloaded_within
from orthanc_runtime.pool_names import check_pool
from orthanc_runtime.role import DEFAULT_POOL, RestAccess, RestRoute, completed
from orthanc_runtime.submissions import Submissions

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


@dataclass(frozen=True)
class ConnectedPool:
    """Workers that serve."""

    native: NativePool
    submissions: Submissions


class MasterRole:
    """What declarations, registrations and calls of the script mean in Orthanc itself.

    ``inline`` is for ``Count`` 0: offloaded functions run here, in the calling thread. ``pools``
    are those that are configured, with the number of their workers. Without ``deadlines`` none of
    ``@offload(timeout=)`` holds.
    """

    in_worker = False

    def __init__(
        self,
        inline: bool,
        access: Callable[[], RestAccess],
        run_coroutine: Callable[[Coroutine[Any, Any, Any]], Any] = asyncio.run,
        pools: Mapping[str, int] = MappingProxyType({DEFAULT_POOL: 1}),
        deadlines: bool = True,
    ) -> None:
        self.table = AddressTable()
        self._inline = inline
        self._access = access
        self._run_coroutine = run_coroutine
        self._configured = pools
        self._deadlines = deadlines
        self._patience = _Patience()
        self._pools: dict[str, ConnectedPool] | None = None

    def connect(self, pools: Mapping[str, ConnectedPool]) -> None:
        """From now on there are workers."""
        self._pools = dict(pools)

    def stop(self, deadline: float) -> bool:
        """After the pools have stopped: true if no submitted call runs any more. Idempotent."""
        ended = [pool.submissions.stop(deadline) for pool in (self._pools or {}).values()]
        return all(ended)

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        """Raises SettingsError where its pool is not configured."""
        check_pool("offload", offloaded.pool, offloaded, self._configured)
        self.table.declare(offloaded)

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        """Run in a worker and wait; other Python threads run meanwhile.

        A coroutine function that is called in an event loop gives something to await instead.

        Raises what the function raises, and the OffloadError tree; StartupError while the script
        is imported, when there is no worker yet.
        """
        if self._inline:
            returned = offloaded.__wrapped__(*arguments, **keywords)
            wait = inspect.iscoroutine(returned) and not in_event_loop()
            return self._run_coroutine(returned) if wait else returned
        if offloaded.cancellable and in_event_loop():
            return asyncio.wrap_future(self.submit(offloaded, arguments, keywords))
        target = self._target(offloaded)
        background = self._patience.is_endless
        if not keywords and not target.by_value:
            result = target.native.call_plain(arguments, background)
            if result is not None:
                return result[0]
        lent: list[Any] = []
        return target.call(target.encode(offloaded, arguments, keywords, lent), lent, background)

    def submit(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Future[Any]:
        """Run in a worker, some time. Raises NotTransferable, PoolSaturated, StartupError."""
        if self._inline:
            return completed(
                lambda: finish_apart(offloaded.__wrapped__(*arguments, **keywords)), (), {}
            )
        target = self._target(offloaded)
        # Objects of the SDK may end with the callback that submits them.
        parts = target.encode(offloaded, arguments, keywords, None)
        return target.pool.submissions.submit(
            _name(target.address), lambda: target.call(parts, (), True)
        )

    def rest_route(self, pattern: str, callback: Callable[..., object]) -> RestRoute:
        route = self.table.rest_route(pattern, callback)
        if self._inline:
            return RestRoute(route.address)
        return route if self._deadlines else dataclasses.replace(route, timeout=0.0)

    def change_callback(self, callback: Callable[..., object]) -> tuple[Callable[..., object], int]:
        """What to call for changes, and how many at once; 0: in Orthanc, one after the other."""
        offloaded = offloaded_within(callback)
        if self._inline or offloaded is None:
            return callback, 0
        return functools.partial(self._call_patiently, callback), self._configured[offloaded.pool]

    def _call_patiently(self, callback: Callable[..., object], *arguments: object) -> object:
        """Nothing of Orthanc waits for it: it waits for a worker as long as it takes."""
        self._patience.is_endless = True
        try:
            return callback(*arguments)
        finally:
            self._patience.is_endless = False

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        """For workers only. Raises SettingsError where the pool is not configured."""
        if pool is not None:
            check_pool("on_worker_start", pool, hook, self._configured)

    def rest_adapter(
        self,
        access: RestAccess,  # noqa: ARG002
        http: Callable[[bool], BaseAdapter],
    ) -> BaseAdapter:
        return http(False)

    def rest_access(self) -> RestAccess:
        return self._access()

    def _connected(self, offloaded: Offloaded[..., Any], address: str) -> ConnectedPool:
        pool = None if self._pools is None else self._pools.get(offloaded.pool)
        if pool is not None:
            return pool
        name = _name(address)
        if self._pools is None:
            raise StartupError(
                f"{name} is offloaded and was called while the script is imported, before there "
                f"are workers: call {name}.__wrapped__, or call it later, in a handler"
            )
        raise StartupError(
            f"{name} is offloaded to the pool {offloaded.pool}, which has no workers, as "
            "nothing was offloaded to it while the script was imported"
        )

    def _target(self, offloaded: Offloaded[..., Any]) -> _Target:
        found = offloaded.kept_by_role
        if not isinstance(found, _Target) or found.pools is not self._pools:
            address = function_address(offloaded)
            pool = self._connected(offloaded, address)
            native = pool.native.function(
                address=address,
                timeout=offloaded.timeout if self._deadlines else 0.0,
                idempotent=offloaded.idempotent,
                cancellable=offloaded.cancellable,
                concurrency=offloaded.concurrency,
            )
            by_value = address.startswith(VALUE)
            found = offloaded.kept_by_role = _Target(self._pools, pool, address, by_value, native)
        return found


@dataclass(frozen=True)
class _Target:
    """Where calls of a function go."""

    pools: Mapping[str, ConnectedPool] | None
    """Of the role that made it, when it did."""
    pool: ConnectedPool
    address: str
    by_value: bool
    """The function travels with its arguments."""
    native: NativeFunction

    def encode(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
        lent: list[Any] | None,
    ) -> list[payload.Buffer]:
        """The parts of a body; ``lent`` as in :func:`payload.encode_call`."""
        if self.by_value:
            arguments = (offloaded.__wrapped__, *arguments)
        return payload.encode_call(arguments, keywords, self.address, lent)

    def call(self, parts: list[payload.Buffer], lent: Sequence[Any], background: bool) -> Any:
        return payload.decode_result(memoryview(self.native.call(background, parts, lent)))


class _Patience(threading.local):
    is_endless = False


def _name(address: str) -> str:
    return address.rpartition(":")[2]
