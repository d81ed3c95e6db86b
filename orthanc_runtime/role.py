# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which interpreter this is, and what an offloaded function or a registration means here.

Three roles exist: :class:`Outside` Orthanc, the master interpreter, and a worker. The latter
two are installed by the code that starts those interpreters.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, overload

from .event_loops import finish_apart

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from .offload import Offloaded

Hook = TypeVar("Hook", bound=Callable[[], object])

DEFAULT_POOL = "default"


@dataclass(frozen=True, slots=True)
class RestRoute:
    """What a registration of a REST callback means."""

    address: str
    """The name of the handler in TASK frames: ``rest:{module}:{pattern}#{n}``."""
    offloaded: bool = False
    timeout: float | None = None
    """Seconds; 0 is no deadline, None the configured one. Only if offloaded."""
    idempotent: bool = False
    """May be run again where its worker died."""
    cancellable: bool = False
    """A coroutine, which is cancelled at the deadline."""
    pool: str = DEFAULT_POOL
    """Whose workers run it."""
    concurrency: int = 1
    """As many requests may share a worker."""


class OffloadedRoute(NamedTuple):
    """A route that the configuration puts into workers."""

    pattern: str
    pool: str = DEFAULT_POOL


class Transport(enum.Enum):
    """The road of ``rest`` in a worker, ``RestTransport``."""

    AUTO = "Auto"
    HTTP = "Http"
    CHANNEL = "Channel"


@dataclass(frozen=True, slots=True)
class RestAccess:
    """How ``rest`` reaches Orthanc. The token is a master key: it is not in the repr."""

    url: str
    token: str = field(repr=False)
    """The whole value of the ``Authorization`` header."""
    fingerprint: str | None = None
    """SHA-256 of the server's own certificate in hexadecimal; None: verify as usual."""
    certificate: tuple[str, str] | str | None = None
    """Client certificate: one PEM file, or certificate and key."""
    transport: Transport = Transport.HTTP
    """Anything else in workers only."""
    describe_errors: bool = True
    """HttpDescribeErrors."""


class Role(Protocol):
    """One side of the pair of interpreters."""

    @property
    def in_worker(self) -> bool: ...

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        """An ``@offload`` decorator ran."""

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        """A plain call of an offloaded function."""

    def submit(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Future[Any]:
        """A call that nobody waits for."""

    def rest_route(self, pattern: str, callback: Callable[..., object]) -> RestRoute:
        """A REST callback is registered."""

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        """``hook`` shall run once per worker, of this pool, or of all."""

    def rest_access(self) -> RestAccess:
        """URL, token and trust for ``rest``."""

    def rest_adapter(self, access: RestAccess, http: Callable[[bool], BaseAdapter]) -> BaseAdapter:
        """What carries the requests of ``rest``; ``http(False)`` is the usual way, see
        :class:`orthanc_runtime.rest_http.Http`."""


class Outside:
    """No Orthanc here: a test, a notebook, a script run by hand."""

    in_worker = False

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        """Nothing to declare it to."""

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        return offloaded.__wrapped__(*arguments, **keywords)

    def submit(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Future[Any]:
        return completed(
            lambda: finish_apart(offloaded.__wrapped__(*arguments, **keywords)), (), {}
        )

    def rest_route(
        self,
        pattern: str,
        callback: Callable[..., object],  # noqa: ARG002
    ) -> RestRoute:
        raise RuntimeError(f"{pattern}: REST callbacks can only be registered inside Orthanc")

    def on_worker_start(self, hook: Callable[[], object], pool: str | None) -> None:
        """There will be no worker."""

    def rest_access(self) -> RestAccess:
        raise RuntimeError(
            "orthanc_runtime.rest knows Orthanc's address and token only inside Orthanc: start the "
            "script with `orthanc-runtime serve SCRIPT`, or use a requests.Session of your own"
        )

    def rest_adapter(
        self,
        access: RestAccess,  # noqa: ARG002
        http: Callable[[bool], BaseAdapter],
    ) -> BaseAdapter:
        return http(False)


def completed(
    function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]
) -> Future[Any]:
    """The call made here and now."""
    future: Future[Any] = Future()
    future.set_running_or_notify_cancel()
    try:
        future.set_result(function(*arguments, **keywords))
    except Exception as error:  # noqa: BLE001 - whatever the function raises
        future.set_exception(error)
    return future


_current: Role = Outside()


def current() -> Role:
    """The role of this interpreter."""
    return _current


def install(role: Role) -> None:
    """From now on this interpreter plays ``role``."""
    global _current
    _current = role


@overload
def on_worker_start(hook: Hook, /) -> Hook: ...


@overload
def on_worker_start(*, pool: str | None = None) -> Callable[[Hook], Hook]: ...


def on_worker_start(hook: Any = None, /, *, pool: str | None = None) -> Any:
    """Decorator: run ``hook()`` once in each worker, after the script was imported there.

    ``pool``: only in those of this pool. A hook that raises makes the start of the worker fail.
    Raises TypeError where ``hook`` is not callable, in Orthanc SettingsError for a pool that is
    not configured.
    """

    def decorate(hook: Hook) -> Hook:
        if not callable(hook):
            raise TypeError(f"on_worker_start needs a callable, not {type(hook).__name__}")
        _current.on_worker_start(hook, pool)
        return hook

    return decorate if hook is None and pool is not None else decorate(hook)
