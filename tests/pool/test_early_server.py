# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fork server that is started beside the import of the script."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

import pytest
from started_pool import FakeOrthanc, Start, family

pytestmark = pytest.mark.pool

SCRIPT = """
import os, resource, sys
from started_pool import family
from orthanc_runtime import in_worker, offload

BEGUN = set(family())

@offload
def seen():
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return os.getppid(), os.environ.get("SET_BY_SCRIPT"), os.getcwd(), limit

if not in_worker:
    pass
"""


@pytest.fixture(autouse=True)
def _same_surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SET_BY_SCRIPT", raising=False)
    folder = os.getcwd()  # noqa: PTH109
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    os.chdir(folder)
    os.environ.pop("SET_BY_SCRIPT", None)


def test_workers_are_its_children(start_script: Start, fake_orthanc: FakeOrthanc) -> None:
    pool = start_script(SCRIPT)
    assert pool.seen()[0] in pool.BEGUN
    assert "fork server" not in fake_orthanc.text()


@pytest.mark.parametrize(
    ("change", "name", "seen"),
    [
        ('os.environ["SET_BY_SCRIPT"] = "yes"', "the environment", (1, "yes")),
        ('os.chdir("/")', "the working folder", (2, "/")),
        (
            "resource.setrlimit(resource.RLIMIT_NOFILE, "
            "(321, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))",
            "resource limits",
            (3, 321),
        ),
    ],
)
def test_what_the_script_changes_comes_to_workers(
    start_script: Start, fake_orthanc: FakeOrthanc, change: str, name: str, seen: tuple[int, object]
) -> None:
    before = set(family())
    pool = start_script(SCRIPT.replace("pass", change))
    place, value = seen
    answer = pool.seen()
    assert answer[0] not in pool.BEGUN
    assert answer[place] == value
    begun = pool.BEGUN - before
    assert begun
    assert not begun & set(family())
    assert f"the script changes what workers inherit ({name})" in fake_orthanc.text()


def test_none_without_need(start_script: Start) -> None:
    offloads_nothing = SCRIPT.partition("@offload")[0] + "# nothing to offload\n"
    before = set(family())
    pool = start_script(offloads_nothing)
    assert before < pool.BEGUN
    assert set(family()) == before
    assert pool.stop()


def test_none_where_nothing_speaks_for_it(start_script: Start) -> None:
    before = set(family())
    pool = start_script(SCRIPT.partition("@offload")[0].replace(", offload", ""))
    assert before == pool.BEGUN


def test_none_is_left_by_a_script_that_fails(start_script: Start) -> None:
    before = set(family())
    with pytest.raises(LookupError):
        start_script(SCRIPT + "raise LookupError\n")
    assert set(family()) == before


def test_spawn_has_none(start_script: Start) -> None:
    before = set(family())
    assert before == start_script(SCRIPT, StartMethod="Spawn").BEGUN
