# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded functions as the master calls them."""

from __future__ import annotations

import functools
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from orthanc_runtime import offload, payload, role
from orthanc_runtime.errors import NotAddressable, RemoteTraceback, StartupError
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_role import ConnectedPool, MasterRole
from orthanc_runtime.role import RestAccess
from orthanc_runtime.submissions import Submissions

pytestmark = pytest.mark.unit

ACCESS = RestAccess("http://127.0.0.1:8042", "Bearer x")


@offload(timeout=5)
def add(a: int, b: int = 0) -> int:
    return a + b


@offload
def fail() -> None:
    raise LookupError("gone")


class SilentLog:
    def write(self, code: LogCode, message: str, *, worker: int = 0, handler: str = "") -> None: ...


class InlinePool:
    """Runs calls here, through the same bytes."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float | None]] = []
        self.background: list[bool] = []

    def function(
        self,
        *,
        address: str,
        timeout: float | None,
        idempotent: bool,
        cancellable: bool,
        concurrency: int,
    ) -> InlineFunction:
        assert not idempotent
        assert not cancellable
        assert concurrency == 1
        return InlineFunction(self, address, timeout)


class InlineFunction:
    def __init__(self, pool: InlinePool, address: str, timeout: float | None) -> None:
        self._pool = pool
        self._called = (address, timeout)

    def call_plain(self, _arguments: tuple[Any, ...], _background: bool) -> None:
        """So all take the way of any arguments."""

    def call(self, background: bool, buffers: list[Any], lent: list[Any]) -> bytes:
        assert not lent
        self._pool.background.append(background)
        self._pool.calls.append(self._called)
        arguments, keywords = payload.decode_call(b"".join(buffers))
        try:
            function: Any = globals()[self._called[0].rpartition(":")[2]]
            return b"".join(payload.encode_result(function.__wrapped__(*arguments, **keywords)))
        except LookupError as error:
            body = b"".join(payload.encode_exception(error))
            head = ("LookupError", str(error), "in the worker, line 5")
            raise payload.decode_failure(head, body)  # noqa: B904 - as in another process


def installed(inline: bool = False) -> MasterRole:
    master = MasterRole(inline, lambda: ACCESS)
    master.table.module = "script"
    role.install(master)
    return master


def connected(pool: Any) -> None:
    installed().connect({"default": ConnectedPool(pool, Submissions(1, 10, SilentLog()))})


@pytest.fixture(autouse=True)
def _outside_afterwards() -> Iterator[None]:
    yield
    role.install(role.Outside())


def test_a_call_goes_through_the_pool() -> None:
    pool: Any = InlinePool()
    connected(pool)
    assert add(1, b=2) == 3
    assert pool.calls == [(f"function:{__name__}:add", 5)]


def test_a_function_that_is_gone_is_not_kept() -> None:
    connected(InlinePool())
    short_lived = offload(add.__wrapped__)
    assert short_lived(1) == 1
    gone = weakref.ref(short_lived)
    del short_lived
    gc.collect()
    assert gone() is None


def test_an_exception_keeps_its_type_and_carries_the_traceback() -> None:
    pool: Any = InlinePool()
    connected(pool)
    with pytest.raises(LookupError, match="gone") as caught:
        fail()
    assert isinstance(caught.value.__cause__, RemoteTraceback)
    assert "line 5" in str(caught.value.__cause__)


def test_a_call_during_the_import_is_refused() -> None:
    installed()
    with pytest.raises(StartupError, match=r"add\.__wrapped__"):
        add(1)


def test_what_has_no_address_is_refused_when_called() -> None:
    pool: Any = InlinePool()
    connected(pool)
    with pytest.raises(NotAddressable):
        offload(functools.partial(int))()
    assert pool.calls == []


def test_a_submitted_call_waits_in_the_background() -> None:
    pool: Any = InlinePool()
    connected(pool)
    assert add.submit(1, b=2).result(30) == 3
    with pytest.raises(LookupError, match="gone"):
        fail.submit().result(30)
    assert pool.background == [True, True]


def test_a_submitted_call_inline() -> None:
    installed(inline=True)
    assert add.submit(1).result(0) == 1
    assert isinstance(fail.submit().exception(0), LookupError)


def test_inline() -> None:
    master = installed(inline=True)
    assert add(1, 2) == 3
    route = master.rest_route("/x", add)
    assert not route.offloaded
    assert master.table.offloaded() == ["rest:script:/x#1"]


def test_routes() -> None:
    master = installed()
    plain = master.rest_route("/x", lambda: None)
    route = master.rest_route("/x", add)
    assert not plain.offloaded
    assert (route.address, route.timeout, route.offloaded) == ("rest:script:/x#2", 5, True)
    master.table.freeze()
    with pytest.raises(NotAddressable, match="while the script is imported"):
        master.rest_route("/y", add)


def test_rest_access() -> None:
    assert installed().rest_access() is ACCESS
    assert not installed().in_worker
