# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decorator: what it takes, what it refuses, what it keeps."""

from __future__ import annotations

import asyncio
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest

import orthanc_runtime
from orthanc_runtime import in_worker, offload, on_worker_start, role
from orthanc_runtime.offload import Offloaded

pytestmark = pytest.mark.unit


@offload
def add(a: int, b: int = 1) -> int:
    """Adds."""
    return a + b


class Device:
    def __init__(self, name: str) -> None:
        self.name = name

    @offload(timeout=3)
    def measure(self, factor: int) -> str:
        return self.name * factor

    @staticmethod
    @offload
    def fixed() -> str:
        return "fixed"

    @classmethod
    @offload
    def made(cls) -> str:
        return cls.__name__


class Recording(role.Outside):
    """Runs nothing, remembers."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []

    def call(
        self,
        offloaded: Offloaded[..., Any],
        arguments: tuple[Any, ...],
        keywords: Mapping[str, Any],
    ) -> Any:
        self.calls.append((offloaded, arguments, dict(keywords)))
        return "remote"


@pytest.fixture
def recording() -> Iterator[Recording]:
    before = role.current()
    recording = Recording()
    role.install(recording)
    yield recording
    role.install(before)


def test_outside_orthanc_a_call_runs_inline() -> None:
    assert add(1, b=2) == 3
    assert add.__wrapped__(1) == 2
    assert Device("ab").measure(2) == "abab"
    assert (Device.fixed(), Device("").fixed(), Device.made()) == ("fixed", "fixed", "Device")
    assert in_worker is False


def test_a_call_goes_to_the_role(recording: Recording) -> None:
    device = Device("x")
    answers: list[Any] = [add(1, b=2), device.measure(factor=2)]
    assert answers == ["remote", "remote"]
    assert recording.calls == [(add, (1,), {"b": 2}), (Device.measure, (device,), {"factor": 2})]


def test_the_function_is_recognisable() -> None:
    function: Any = add
    assert (function.__name__, function.__doc__) == ("add", "Adds.")
    assert (function.__module__, function.__qualname__) == (__name__, "add")
    assert str(inspect.signature(add)) == "(a: 'int', b: 'int' = 1) -> 'int'"
    assert str(inspect.signature(Device("").measure)) == "(factor: 'int') -> 'str'"
    assert pickle.loads(pickle.dumps(add)) is add
    assert "add" in repr(add)


def test_timeouts() -> None:
    assert add.timeout is None
    assert Device.measure.timeout == 3
    assert Device("").measure.timeout == 3
    assert offload(timeout=0)(len).timeout == 0
    assert offload(timeout=0.5)(len).timeout == 0.5


@pytest.mark.parametrize(
    ("timeout", "error"),
    [
        ("5", TypeError),
        (True, TypeError),
        ([], TypeError),
        (-1, ValueError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
    ],
)
def test_a_bad_timeout_is_refused(timeout: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="timeout of @offload"):
        offload(timeout=timeout)


async def asynchronous_generator() -> AsyncIterator[int]:
    yield 1


def generator() -> Iterator[int]:
    yield 1


def test_a_coroutine_function_outside_orthanc() -> None:
    async def twice(value: int) -> int:
        return value * 2

    offloaded = offload(twice)
    assert asyncio.run(offloaded(4)) == 8
    assert offloaded.submit(4).result() == 8


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (asynchronous_generator, "asynchronous_generator is an asynchronous generator function"),
        (generator, "generator is a generator function"),
        (5, "needs a function, not int"),
        (Device, "Device is a class"),
        (add, "add is offloaded already"),
        (classmethod(type), "below @classmethod"),
    ],
)
def test_what_cannot_be_offloaded_is_refused_by_name(function: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        offload(function)


def test_start_hooks_are_functions() -> None:
    def hook() -> None: ...

    assert on_worker_start(hook) is hook
    with pytest.raises(TypeError, match="needs a callable"):
        on_worker_start(5)  # type: ignore[call-overload]


def test_rest_outside_orthanc_says_what_to_do() -> None:
    with pytest.raises(RuntimeError, match="orthanc-runtime serve"):
        orthanc_runtime.rest.get("/system")


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="offlaod"):
        getattr(orthanc_runtime, "offlaod")  # noqa: B009
    assert set(orthanc_runtime.__all__) <= set(dir(orthanc_runtime))


def test_types_survive_for_checkers() -> None:
    plain: Callable[[int, int], int] = add
    assert plain(1, 1) == 2


async def coroutine() -> None: ...


def test_concurrency_is_for_coroutine_functions() -> None:
    assert offload(concurrency=10)(coroutine).concurrency == 10
    assert offload(coroutine).concurrency == 1
    with pytest.raises(TypeError, match="generator is a generator function"):
        offload(concurrency=10)(generator)
    with pytest.raises(TypeError, match="plain is no coroutine function"):

        @offload(concurrency=10)
        def plain() -> None: ...


@pytest.mark.parametrize(
    ("concurrency", "error"),
    [(0, ValueError), (101, ValueError), (True, TypeError), ("4", TypeError), (2.0, TypeError)],
)
def test_wrong_concurrencies_are_named(concurrency: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"concurrency of @offload .*{concurrency!r}"):
        offload(concurrency=concurrency)(coroutine)
