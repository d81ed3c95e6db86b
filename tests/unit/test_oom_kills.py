# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which process the kernel has ended for want of memory, by its counters."""

from __future__ import annotations

from pathlib import Path

import pytest

from orthanc_runtime import oom_kills
from orthanc_runtime.oom_kills import OomKills

pytestmark = pytest.mark.unit

COUNTERS = {
    "0::/a.slice/orthanc.service\n": "sys/fs/cgroup/a.slice/orthanc.service/memory.events",
    "4:cpu,memory:/docker/1\n0::/\n": "sys/fs/cgroup/memory/docker/1/memory.oom_control",
    # the path is that of the host
    "4:memory:/docker/2\n": "sys/fs/cgroup/memory/memory.oom_control",
    "0::/docker/3\n": "sys/fs/cgroup/memory.events",
    "0::/\n": "proc/vmstat",
    "": "proc/vmstat",
}


def count(file: Path, number: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"oom 7\noom_kill_disable 0\noom_kill {number}\n")


@pytest.mark.parametrize("groups", COUNTERS)
def test_each_count_explains_one_process(tmp_path: Path, groups: str) -> None:
    count(tmp_path / "proc/vmstat", 1)
    (tmp_path / "proc/self").mkdir()
    (tmp_path / "proc/self/cgroup").write_text(groups)
    counter = tmp_path / COUNTERS[groups]
    count(counter, 3)
    kills = OomKills(tmp_path)
    assert not kills.explain_one()
    count(counter, 5)
    assert [kills.explain_one() for _ in range(3)] == [True, True, False]
    count(counter, 6)
    assert kills.explain_one()


def test_an_old_count_explains_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = tmp_path / "proc/vmstat"
    count(counter, 0)
    kills = OomKills(tmp_path)
    count(counter, 2)
    assert kills.explain_one()
    monkeypatch.setattr(oom_kills, "AT_ONCE", -1.0)
    assert not kills.explain_one()


def test_no_counter(tmp_path: Path) -> None:
    assert not OomKills(tmp_path).explain_one()
