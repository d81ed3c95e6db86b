# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions called in a worker: arguments, results, and what they raise."""

from __future__ import annotations

import sys
from types import ModuleType

import played_master
import pytest
from played_master import ECHO, Start

from orthanc_runtime import errors, payload
from orthanc_runtime.protocol import Kind

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start


def test_a_function_and_what_it_raises(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    orthanc = ModuleType("orthanc")
    orthanc.OrthancException = errors.OrthancException  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "orthanc", orthanc)
    master = start(ECHO)
    master.bootstrap()
    master.function("function:handlers:add", 1, b=41)
    done = master.lane.receive()
    assert (done.kind, payload.decode_result(done.body)) == (Kind.DONE, 42)

    errors_to_raise = [ValueError("x", 1), SystemExit(3), KeyboardInterrupt(), MemoryError("m")]
    for error in errors_to_raise:
        master.function("function:handlers:fail", error)
        failed = master.lane.receive()
        assert failed.kind == Kind.FAILED
        assert failed.head[0] == type(error).__name__
        assert failed.head[3] is None
        carried = payload.decode_failure(failed.head, failed.body)
        assert type(carried) is type(error)
        assert carried.args == error.args
        assert 'handlers.py", line' in str(carried.__cause__)
        assert "execute.py" not in str(carried.__cause__)

    master.function("function:handlers:fail", errors.OrthancException(17, "Unknown resource"))
    failed = master.lane.receive()
    assert failed.head[:2] == ["orthanc.OrthancException", "(17, 'Unknown resource')"]
    assert failed.head[3] == 17


def test_arrays_arrive_writable(start: Start) -> None:
    numpy = pytest.importorskip("numpy")
    master = start(
        """
        from orthanc_runtime import offload

        @offload
        def double(array):
            array *= 2
            return array
        """
    )
    master.bootstrap()
    array = numpy.arange(100_000.0)
    master.function("function:handlers:double", array)
    done = master.lane.receive()
    assert (payload.decode_result(done.body) == array * 2).all()


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("function:handlers:absent", "cannot find handlers.absent"),
        ("function:no_such_module:f", "ModuleNotFoundError"),
        ("rest:handlers:/none#1", "no handler"),
    ],
)
def test_an_unknown_address_fails_by_name(start: Start, address: str, text: str) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.function(address)
    failed = master.lane.receive()
    assert failed.kind == Kind.FAILED
    assert failed.head[0] == "orthanc_runtime.errors.NotAddressable"
    assert text in failed.head[1]


def test_registering_in_a_handler_raises(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        orthanc.RegisterOnChangeCallback(print)
        orthanc.ExtendOrthancExplorer("alert(1)")

        @offload
        def late(name):
            getattr(orthanc, name)("/x", print)
        """
    )
    assert master.bootstrap().kind == Kind.HELLO
    for name in ("RegisterRestCallback", "RegisterOnChangeCallback", "ExtendOrthancExplorer"):
        master.function("function:handlers:late", name)
        failed = master.lane.receive()
        assert failed.head[0] == "orthanc_runtime.errors.NotInWorker"
        assert name in failed.head[1]
