# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing stays behind after a call: memory of C and of Python, and reference counts, are flat.

The soak makes 100,000 calls of each shape; ``pytest -m soak tests/orthanc/test_leaks.py -s`` shows
the figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from launcher import Launcher
from leak_script import SCRIPT, shapes
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

CALLS, WARM_UP = 2_000, 300
SOAK_CALLS, SOAK_WARM_UP = 100_000, 5_000
# Caches, and the other threads of Orthanc, are at work meanwhile. A leak of 16 bytes a call is
# larger.
ALLOCATED = 24 * 1024
BLOCKS = 250
SOAK_ALLOCATED = 512 * 1024
SOAK_BLOCKS = 1_000
SOAK_RESIDENT = 8 * 1024 * 1024
EVERYWHERE = shapes("SHAPES")
IN_MASTER = [("/master", name) for name in EVERYWHERE + shapes("IN_MASTER")]
IN_WORKER = [("/worker", name) for name in EVERYWHERE]
REQUESTS = ["trivial", "failing", "picture", "parts"]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    workers = {"Count": 1, "Timeout": 0}
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": workers}, "KeepAlive": True})


def repeated(server: OrthancServer, place: str, name: str, calls: int, warm_up: int) -> Any:
    answer = server.session.post(
        f"{server.url}{place}/repeat",
        synthetic_dicom(1, rows=16),
        headers={"Repeat": json.dumps([name, calls, warm_up])},
        timeout=900,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(("place", "name"), IN_MASTER + IN_WORKER)
def test_nothing_stays_behind(server: OrthancServer, place: str, name: str) -> None:
    assert_flat(lambda: repeated(server, place, name, CALLS, WARM_UP), ALLOCATED)


def test_a_leak_is_seen(server: OrthancServer) -> None:
    assert repeated(server, "/master", "of Python", CALLS, 0)["blocks"] >= BLOCKS
    assert repeated(server, "/master", "of C", CALLS, 0)["allocated"] >= ALLOCATED
    assert repeated(server, "/master", "of a reference", CALLS, 0)["references"] >= 5


@pytest.mark.parametrize("place", ["/master", "/worker"])
@pytest.mark.parametrize("name", REQUESTS)
def test_nothing_stays_behind_after_a_request(server: OrthancServer, place: str, name: str) -> None:
    assert_flat(lambda: requested(server, f"{place}/{name}", 300, 100), 2 * ALLOCATED)


def assert_flat(measured: Callable[[], dict[str, int]], allocated: int) -> None:
    """A cache that fills meanwhile grows once; a leak grows in every round."""
    rounds: list[dict[str, int]] = []
    while len(rounds) < 3:
        grown = measured()
        rounds.append(grown)
        if (
            abs(grown["references"]) < 5
            and grown["blocks"] < BLOCKS
            and grown["allocated"] < allocated
        ):
            return
    pytest.fail(f"grows in each of {len(rounds)} rounds: {rounds}")


def requested(server: OrthancServer, path: str, calls: int, warm_up: int) -> dict[str, int]:
    for _ in range(warm_up):
        server.post(path, b"x" * 1000)
    before = server.get("/measured").json()
    for _ in range(calls):
        server.post(path, b"x" * 1000)
    after = server.get("/measured").json()
    return {name: after[name] - before[name] for name in before}


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("place", "name"), IN_MASTER + IN_WORKER)
def test_nothing_stays_behind_for_long(server: OrthancServer, place: str, name: str) -> None:
    before = server.get("/measured").json()
    grown = repeated(server, place, name, SOAK_CALLS, SOAK_WARM_UP)
    after = server.get("/measured").json()
    in_orthanc = {key: after[key] - before[key] for key in before}
    print(f"\nLEAKS {place} {name}: {grown}, in Orthanc {in_orthanc}")
    assert abs(grown["references"]) < 5
    assert grown["blocks"] < SOAK_BLOCKS
    assert grown["allocated"] < SOAK_ALLOCATED
    assert grown["resident"] < SOAK_RESIDENT
    assert in_orthanc["allocated"] < 2 * SOAK_ALLOCATED
