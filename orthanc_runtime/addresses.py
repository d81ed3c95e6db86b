# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names by which master and worker mean the same handler.

The worker imports the user's script anew, so a REST handler is named by its registration:
``rest:{module}:{pattern}#{n}``, the n-th registration of that pattern by the script that is
``module``, offloaded or not. So lambdas, closures, partials and methods can be offloaded. A
function is named by where it is found: ``function:{module}:{qualname}``.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable
from types import MethodType
from typing import Any

from .errors import NotAddressable, SettingsError
from .event_loops import is_coroutine_function
from .offload import Offloaded, offloaded_within
from .role import OffloadedRoute, RestRoute

VALUE = "value:"


def function_address(offloaded: Offloaded[..., Any]) -> str:
    """The address of an offloaded function.

    One that no name leads to, a lambda or a function made inside a function, has an address that
    begins with VALUE: it is sent along as the first argument. Raises NotAddressable for bound
    methods.
    """
    module = getattr(offloaded, "__module__", None)
    qualname = getattr(offloaded, "__qualname__", None)
    if not module or not qualname:
        raise NotAddressable(
            f"{offloaded!r} has no name under which a worker could find it: "
            "offload a function defined with `def` at the top level of a module"
        )
    function = offloaded.__wrapped__
    if isinstance(function, MethodType) and not isinstance(function.__self__, type):
        raise NotAddressable(
            f"{module}.{qualname} is bound to one object, which a worker cannot find: decorate the "
            "method in its class, then the object is sent along"
        )
    if "<" in qualname:
        return f"{VALUE}{module}:{qualname}"
    return f"function:{module}:{qualname}"


def declared_address(offloaded: Offloaded[..., Any]) -> str | None:
    """The same; None where there is none."""
    try:
        return function_address(offloaded)
    except NotAddressable:
        return None


class AddressTable:
    """Addresses of everything the script registers; both interpreters keep one.

    After :meth:`freeze`, when the script has been imported, the table of offloaded handlers
    stays as it is, since workers started later know what the import registered and no more.
    """

    def __init__(self, module: str = "") -> None:
        self.module = module
        """The script that is being imported."""
        self._registrations: Counter[tuple[str, str]] = Counter()
        self._handlers: dict[str, Callable[..., Any]] = {}
        self._frozen = False
        self._offload_routes: dict[str, str] = {}
        self.pools: dict[str, set[int]] = {}
        """Those that what the import has offloaded runs in, with the ``concurrency`` of it all."""
        self._unseen_routes: set[str] = set()
        self._patterns: set[str] = set()
        self._functions: set[str] = set()

    def offload_routes(self, routes: Iterable[OffloadedRoute]) -> None:
        """Handlers of these patterns shall run in workers, decorated or not."""
        self._offload_routes = {route.pattern: route.pool for route in routes}
        self._unseen_routes = set(self._offload_routes)

    def check_routes(self) -> None:
        """After the import: each of those patterns was registered. Raises SettingsError."""
        for pattern in sorted(self._unseen_routes):
            known = sorted(self._patterns)
            close = difflib.get_close_matches(pattern, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise SettingsError(
                f"Python.Workers.OffloadRoutes: the script registers no route {pattern!r}{hint} "
                f"It registers: {', '.join(map(repr, known)) or 'none'}"
            )

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        """Add an offloaded function; one without an address can still serve a route."""
        address = declared_address(offloaded)
        if address is None:
            return
        if not self._frozen:
            self._use(offloaded.pool, offloaded.concurrency)
            self._functions.add(address)
            if not address.startswith(VALUE):
                self._handlers[address] = offloaded.__wrapped__

    def rest_route(self, pattern: str, callback: Callable[..., object]) -> RestRoute:
        """Count one registration.

        Raises NotAddressable for an offloaded handler once the table is frozen.
        """
        offloaded = offloaded_within(callback)
        configured = offloaded is None and pattern in self._offload_routes
        if (offloaded is not None or configured) and self._frozen:
            raise NotAddressable(
                f"{pattern}: a route with an offloaded handler must be registered while the script "
                "is imported, since workers know no later ones"
            )
        self._registrations[self.module, pattern] += 1
        number = self._registrations[self.module, pattern]
        address = f"rest:{self.module}:{pattern}#{number}"
        if not self._frozen:
            self._patterns.add(pattern)
            self._unseen_routes.discard(pattern)
        if configured:
            self._handlers[address] = callback
            pool = self._offload_routes[pattern]
            self._use(pool, 1)
            cancellable = is_coroutine_function(callback)
            return RestRoute(address, True, cancellable=cancellable, pool=pool)
        if offloaded is None:
            return RestRoute(address)
        if own_address := declared_address(offloaded):
            self._functions.discard(own_address)
        # A worker runs the function itself; what is wrapped around it stays around it.
        self._handlers[address] = offloaded.__wrapped__ if callback is offloaded else callback
        self._use(offloaded.pool, offloaded.concurrency)
        return RestRoute(
            address,
            True,
            offloaded.timeout,
            offloaded.idempotent,
            offloaded.cancellable,
            offloaded.pool,
            offloaded.concurrency,
        )

    @property
    def has_functions(self) -> bool:
        """Something is offloaded that serves no route, so that callbacks may call it."""
        return bool(self._functions)

    def _use(self, pool: str, concurrency: int) -> None:
        self.pools.setdefault(pool, set()).add(concurrency)

    def freeze(self) -> None:
        """The script has been imported."""
        self._frozen = True

    def offloaded(self) -> list[str]:
        """The addresses of all offloaded handlers, sorted, for comparison."""
        return sorted(self._handlers)

    def handlers(self) -> dict[str, Callable[..., Any]]:
        """What to call for each of these addresses."""
        return dict(self._handlers)
