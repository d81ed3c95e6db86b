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
from orthanc_runtime.errors import SettingsError, StartupError
from orthanc_runtime.event_loops import finish_apart, in_event_loop
from orthanc_runtime.native import NativePool
from orthanc_runtime.offload import Offloaded, offloaded_within
from orthanc_runtime.protocol import Kind, unpack_head
from orthanc_runtime.role import DEFAULT_POOL, RestAccess, RestRoute, completed
from orthanc_runtime.submissions import Submissions

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

_FAILED = int(Kind.FAILED)


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
        self._addresses: dict[Offloaded[..., Any], str] = {}

    def connect(self, pools: Mapping[str, ConnectedPool]) -> None:
        """From now on there are workers."""
        self._pools = dict(pools)

    def stop(self, deadline: float) -> bool:
        """After the pools have stopped: true if no submitted call runs any more. Idempotent."""
        ended = [pool.submissions.stop(deadline) for pool in (self._pools or {}).values()]
        return all(ended)

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        """Raises SettingsError where its pool is not configured."""
        self._check_pool("offload", offloaded.pool, offloaded)
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
        lent: list[Any] = []
        pool, address, parts = self._prepare(offloaded, arguments, keywords, lent)
        return self._run(pool, offloaded, address, parts, lent, self._patience.is_endless)

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
        pool, address, parts = self._prepare(offloaded, arguments, keywords, None)
        return pool.submissions.submit(
            _name(address), lambda: self._run(pool, offloaded, address, parts, (), True)
        )

    def _prepare(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
        lent: list[Any] | None,
    ) -> tuple[ConnectedPool, str, list[payload.Buffer]]:
        """Pool, address, and the pickled arguments.

        Objects of the SDK, which may end with a callback, are refused without ``lent``.
        """
        address = self._address(offloaded)
        pool = self._connected(offloaded, address)
        if address.startswith(VALUE):
            arguments = (offloaded.__wrapped__, *arguments)
        return pool, address, payload.encode_call(arguments, keywords, address, lent)

    def _run(
        self,
        pool: ConnectedPool,
        offloaded: Offloaded[..., Any],
        address: str,
        parts: list[payload.Buffer],
        lent: Sequence[Any],
        background: bool,
    ) -> Any:
        kind, head, body = pool.native.call(
            address,
            offloaded.timeout if self._deadlines else 0.0,
            offloaded.idempotent,
            offloaded.cancellable,
            offloaded.concurrency,
            background,
            parts,
            lent,
        )
        if kind == _FAILED:
            raise payload.decode_failure(unpack_head(head), memoryview(body))
        return payload.decode_result(memoryview(body))

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
            self._check_pool("on_worker_start", pool, hook)

    def rest_adapter(
        self,
        access: RestAccess,  # noqa: ARG002
        http: Callable[[bool], BaseAdapter],
    ) -> BaseAdapter:
        return http(False)

    def rest_access(self) -> RestAccess:
        return self._access()

    def _check_pool(self, decorator: str, pool: str, decorated: Callable[..., Any]) -> None:
        if pool not in self._configured:
            raise SettingsError(
                f'@{decorator}(pool="{pool}") at {_place(decorated)}: Python.Workers.Pools has no '
                f"such pool; there are: {', '.join(self._configured)}"
            )

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

    def _address(self, offloaded: Offloaded[..., Any]) -> str:
        address = self._addresses.get(offloaded)
        if address is None:
            address = self._addresses[offloaded] = function_address(offloaded)
        return address


class _Patience(threading.local):
    is_endless = False


def _name(address: str) -> str:
    return address.rpartition(":")[2]


def _place(decorated: Callable[..., Any]) -> str:
    """File and line of the decorator, as far as they can be known."""
    code = getattr(inspect.unwrap(decorated), "__code__", None)
    if code is None:
        return f"{decorated!r} in {getattr(decorated, '__module__', 'an unknown module')}"
    return f"{code.co_filename}:{code.co_firstlineno}"
