# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``@offload`` decorator."""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, overload

from . import role
from .event_loops import is_coroutine_function

# Each needs a descriptor in Orthanc and in the worker, and they reach a worker together, which the
# fork server of multiprocess limits to 256.
MAXIMUM_CONCURRENCY = 100

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Offloaded(Generic[P, R]):
    """A function that runs in a worker process.

    In Orthanc a call blocks until a worker has answered, other Python threads run meanwhile;
    what the function raises is raised here. In a worker, and outside Orthanc, a call runs
    inline. ``__wrapped__`` is the undecorated function.

    A coroutine function (``async def``) runs on the event loop of its worker. A call in a coroutine
    gives something to await; elsewhere it blocks, but outside Orthanc, where it gives the
    coroutine as usual.
    """

    __wrapped__: Callable[P, R]

    def __init__(
        self,
        function: Callable[P, R],
        timeout: float | None = None,
        idempotent: bool = False,
        pool: str = role.DEFAULT_POOL,
        concurrency: int = 1,
    ) -> None:
        functools.update_wrapper(self, function)
        self.pool = pool
        """Whose workers run it."""
        self.concurrency = concurrency
        """As many calls may share a worker."""
        self.idempotent = idempotent
        """May be run again where its worker died."""
        self.cancellable = is_coroutine_function(function)
        """A coroutine function, which is cancelled at its deadline."""
        self.timeout = timeout
        """Seconds from the moment a worker takes the task; 0: no deadline; None: as configured."""
        self.kept_by_role: object = None
        """What the role of this interpreter keeps with it."""
        self._within: tuple[Offloaded[..., R], object] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        function, arguments = self._resolved(args)
        return role.current().call(function, arguments, kwargs)  # type: ignore[no-any-return]

    @overload
    def submit(
        self: Offloaded[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]: ...

    @overload
    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    def submit(self, *args: P.args, **kwargs: P.kwargs) -> Future[Any]:
        """Call it without waiting. A worker takes it when one is free, however long that takes.

        What it raises is raised by the Future's ``result()``; where nobody asks for that, it
        stands in the log. Calls that wait when Orthanc stops fail with PoolStopping. In a worker,
        and outside Orthanc, the call has been made when this returns. Raises PoolSaturated where
        ``MaximumSubmitted`` calls run or wait, NotTransferable for arguments that cannot be sent.
        """
        function, arguments = self._resolved(args)
        return role.current().submit(function, arguments, kwargs)

    def _resolved(self, args: tuple[Any, ...]) -> tuple[Offloaded[..., R], tuple[Any, ...]]:
        if self._within is None:
            return self, args
        function, instance = self._within
        return function, (instance, *args)

    def __get__(self, instance: object, owner: type | None = None) -> Offloaded[..., R]:
        if instance is None:
            return self
        bind = getattr(self.__wrapped__, "__get__", None)
        if bind is None:  # a callable object in a class body does not become a method either
            return self
        method: Offloaded[..., R] = Offloaded(
            bind(instance, owner), self.timeout, self.idempotent, self.pool, self.concurrency
        )
        method._within = (self, instance)
        return method

    def __reduce__(self) -> str | tuple[Any, ...]:
        # By reference, as functions are.
        if self._within is not None:
            function, instance = self._within
            return (getattr, (instance, function.__wrapped__.__name__))
        return str(self.__wrapped__.__qualname__)

    def __repr__(self) -> str:
        return f"<offloaded {self.__wrapped__!r}>"

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.__wrapped__)


@overload
def offload(function: Callable[P, R], /) -> Offloaded[P, R]: ...


@overload
def offload(
    *,
    timeout: float | None = None,
    idempotent: bool = False,
    pool: str = role.DEFAULT_POOL,
    concurrency: int | None = None,
) -> Callable[[Callable[P, R]], Offloaded[P, R]]: ...


def offload(
    function: Callable[P, R] | None = None,
    /,
    *,
    timeout: float | None = None,
    idempotent: bool = False,
    pool: str = role.DEFAULT_POOL,
    concurrency: int | None = None,
) -> Offloaded[P, R] | Callable[[Callable[P, R]], Offloaded[P, R]]:
    """Decorator: run this function, or this REST handler, in a worker process.

    ``timeout`` is the deadline in seconds, counted from the moment a worker takes the task; 0
    means none, and without it the setting ``Python.Workers.Timeout`` holds. At the deadline
    the worker is killed; a coroutine is cancelled first, and has a second to end.

    ``idempotent`` says that a task may run again where its worker died, at most twice, each time
    with a line in the log; not once the handler has called a method of its ``output``.

    ``pool`` is the name of a pool in ``Python.Workers.Pools``, whose workers run it, and nothing
    else.

    ``concurrency``, of a coroutine function: as many requests or calls of it run at once in one
    worker, on its event loop; meanwhile the worker has no other task.

    Raises TypeError for what cannot be offloaded, and for a concurrency of what is no coroutine
    function, TypeError or ValueError for bad values, in Orthanc SettingsError for a pool that is
    not configured.
    """
    _check_timeout(timeout)
    if not isinstance(pool, str):
        raise TypeError(f"pool of @offload is the name of a pool, not {pool!r}")
    if not isinstance(idempotent, bool):
        raise TypeError(f"idempotent of @offload is True or False, not {idempotent!r}")

    def decorate(function: Callable[P, R]) -> Offloaded[P, R]:
        _check_function(function)
        if concurrency is not None:
            _check_concurrency(concurrency, function)
        offloaded = Offloaded(function, timeout, idempotent, pool, concurrency or 1)
        role.current().declare(offloaded)
        return offloaded

    if function is not None:
        return decorate(function)

    return decorate


def offloaded_within(callback: object) -> Offloaded[..., Any] | None:
    """The offloaded function that ``callback`` is, or binds as a method or a partial."""
    while not isinstance(callback, Offloaded):
        if isinstance(callback, functools.partial):
            callback = callback.func
        elif isinstance(callback, MethodType):
            callback = callback.__func__
        else:
            return None
    return callback


def _check_function(function: object) -> None:
    if isinstance(function, classmethod):
        raise TypeError("@offload goes below @classmethod, next to the function")
    if not callable(function):
        raise TypeError(f"@offload needs a function, not {type(function).__name__}")
    name = getattr(function, "__qualname__", repr(function))
    if isinstance(function, Offloaded):
        raise TypeError(f"{name} is offloaded already")
    if isinstance(function, type):
        raise TypeError(f"{name} is a class: offload its methods, or a function that makes one")
    call = vars(type(function)).get("__call__")
    for kind, is_kind in (
        ("an asynchronous generator function", inspect.isasyncgenfunction),
        ("a generator function (it has a yield)", inspect.isgeneratorfunction),
    ):
        if is_kind(function) or is_kind(call):
            raise TypeError(f"{name} is {kind}: @offload takes plain and coroutine functions")


def _check_concurrency(concurrency: object, function: object) -> None:
    if isinstance(concurrency, bool) or not isinstance(concurrency, int):
        raise TypeError(f"concurrency of @offload is a whole number, not {concurrency!r}")
    if not 1 <= concurrency <= MAXIMUM_CONCURRENCY:
        raise ValueError(
            f"concurrency of @offload is a number from 1 to {MAXIMUM_CONCURRENCY}, not "
            f"{concurrency}"
        )
    if not is_coroutine_function(function):
        name = getattr(function, "__qualname__", repr(function))
        raise TypeError(
            f"{name} is no coroutine function (async def): concurrency of @offload is for those, "
            "which share the event loop of a worker"
        )


def _check_timeout(timeout: object) -> None:
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(
            f"timeout of @offload is a number of seconds, not {type(timeout).__name__} {timeout!r}"
        )
    if not math.isfinite(timeout) or timeout < 0:
        raise ValueError(
            f"timeout of @offload is a positive number of seconds, or 0 for none, not {timeout!r}"
        )
