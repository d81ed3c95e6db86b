# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST requests given to a worker: what its handlers get, and how they fail."""

from __future__ import annotations

import played_master
import pytest
from played_master import ECHO, Start

from orthanc_runtime.protocol import Kind

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_request_has_what_its_method_has(start: Start, method: str) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.request("rest:handlers:/echo#1", method, b"\0data" if method != "DELETE" else b"")
    master.lane.receive()
    body = master.lane.receive().body.decode()
    assert ("('body', b'\\x00data')" in body) == (method != "DELETE")
    assert "'get'" not in body
    assert master.lane.receive().kind == Kind.DONE


def test_a_failing_handler_does_not_end_its_worker(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        def recurse():
            recurse()

        class Silent(Exception):
            def __str__(self):
                raise ValueError

        def raise_silent(output, uri, **request):
            raise Silent

        for path, handler in {
            "/a": lambda output, uri, **request: 1 / 0,
            "/b": lambda output, uri, **request: recurse(),
            "/c": lambda output, uri, **request: exit(2),
            "/d": lambda output, uri: None,
            "/e": raise_silent,
            "/f": lambda output, uri, **request: b"x" * (1 << 62),
            "/g": lambda output, uri, **request: int("\\ud800"),
        }.items():
            orthanc.RegisterRestCallback(path, offload(handler))
        """
    )
    master.bootstrap()
    for path, kind in {
        "/a": "ZeroDivisionError",
        "/b": "RecursionError",
        "/c": "SystemExit",
        "/d": "TypeError",
        "/e": "handlers.Silent",
        "/f": "MemoryError",
        "/g": "ValueError",
    }.items():
        master.request(f"rest:handlers:{path}#1")
        failed = master.lane.receive()
        assert (failed.kind, failed.head[0], failed.body) == (Kind.FAILED, kind, b"")


def test_a_kept_output_raises(start: Start) -> None:
    master = start(
        """
        import orthanc
        from orthanc_runtime import offload

        kept = []

        def keep(output, uri, **request):
            kept.append(output)

        def use(output, uri, **request):
            kept[0].AnswerBuffer("x", "text/plain")

        orthanc.RegisterRestCallback("/keep", offload(keep))
        orthanc.RegisterRestCallback("/use", offload(use))
        """
    )
    master.bootstrap()
    master.request("rest:handlers:/keep#1")
    assert master.lane.receive().kind == Kind.DONE
    master.request("rest:handlers:/use#1")
    failed = master.lane.receive()
    assert (failed.kind, failed.head[3]) == (Kind.FAILED, 6)
