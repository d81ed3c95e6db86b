# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both interpreters count registrations alike."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import pytest

from orthanc_runtime import role
from orthanc_runtime.addresses import AddressTable, function_address
from orthanc_runtime.errors import NotAddressable
from orthanc_runtime.offload import Offloaded, offload
from orthanc_runtime.role import RestRoute

pytestmark = pytest.mark.unit


class Recording(role.Outside):
    def __init__(self) -> None:
        self.table = AddressTable("script")

    def declare(self, offloaded: Offloaded[..., Any]) -> None:
        self.table.declare(offloaded)


@pytest.fixture
def table() -> Iterator[AddressTable]:
    before = role.current()
    recording = Recording()
    role.install(recording)
    yield recording.table
    role.install(before)


def handler(*_: object, **__: object) -> str:
    return "handler"


class Device:
    @offload
    def measure(self, *_: object) -> str:
        return f"measured by {type(self).__name__}"


def test_registrations_of_one_pattern_are_counted(table: AddressTable) -> None:
    assert table.rest_route("/a", handler) == RestRoute("rest:script:/a#1")
    first = table.rest_route("/a", offload(timeout=5)(handler))
    assert first == RestRoute("rest:script:/a#2", True, 5)
    second = table.rest_route("/b", offload(handler))
    assert second == RestRoute("rest:script:/b#1", True)
    assert table.offloaded() == [
        f"function:{__name__}:handler",
        "rest:script:/a#2",
        "rest:script:/b#1",
    ]
    assert table.handlers()["rest:script:/a#2"] is handler


def test_lambdas_partials_and_methods_can_serve_routes(table: AddressTable) -> None:
    within = offload(handler)
    for callback in (
        offload(lambda *_, **__: "lambda"),
        offload(functools.partial(handler, extra=1)),
        functools.partial(within, extra=1),
        Device().measure,
        offload(Device().measure.__wrapped__),
    ):
        assert table.rest_route("/x", callback).offloaded
    called = [
        table.handlers()[f"rest:script:/x#{number}"](None, "/x")  # what a worker does
        for number in range(1, 6)
    ]
    assert called == [
        "lambda",
        "handler",
        "handler",
        "measured by Device",
        "measured by Device",
    ]


def test_a_frozen_table_takes_no_offloaded_route(table: AddressTable) -> None:
    table.rest_route("/a", offload(handler))
    before = table.offloaded()
    table.freeze()
    assert table.rest_route("/b", handler).address == "rest:script:/b#1"
    with pytest.raises(NotAddressable, match="while the script is imported"):
        table.rest_route("/c", offload(handler))
    assert table.offloaded() == before


def test_addresses_of_functions() -> None:
    def local() -> None: ...

    assert function_address(offload(handler)) == f"function:{__name__}:handler"
    assert function_address(offload(local)).startswith(f"value:{__name__}:test_addresses")
    assert function_address(Device.measure) == f"function:{__name__}:Device.measure"


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (functools.partial(handler, 1), "has no name"),
        (Device().measure.__wrapped__, "bound to one object"),
    ],
)
def test_functions_without_an_address(function: Any, text: str) -> None:
    with pytest.raises(NotAddressable, match=text):
        function_address(offload(function))
