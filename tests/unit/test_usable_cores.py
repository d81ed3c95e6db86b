# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cores by affinity and by the quota of control groups."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orthanc_runtime.usable_cores import usable_cores

pytestmark = pytest.mark.unit


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    (tmp_path / "proc/self").mkdir(parents=True)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_affinity_alone(machine: Path) -> None:
    assert usable_cores(machine) == 8


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("max 100000", 8), ("200000 100000", 2), ("150000 100000", 2), ("1000 100000", 1), ("", 8)],
)
def test_version_2(machine: Path, quota: str, cores: int) -> None:
    write(machine / "proc/self/cgroup", "0::/system.slice/orthanc.service\n")
    write(machine / "sys/fs/cgroup/system.slice/orthanc.service/cpu.max", quota)
    assert usable_cores(machine) == cores


def test_the_tightest_group_above_counts(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "0::/a/b\n")
    write(machine / "sys/fs/cgroup/a/b/cpu.max", "400000 100000")
    write(machine / "sys/fs/cgroup/a/cpu.max", "300000 100000")
    assert usable_cores(machine) == 3


def test_container_that_sees_the_path_of_its_host(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "0::/docker/0123\n")
    write(machine / "sys/fs/cgroup/cpu.max", "200000 100000")
    assert usable_cores(machine) == 2


def test_version_1(machine: Path) -> None:
    write(machine / "proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/x\n")
    write(machine / "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "300000")
    write(machine / "sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000")
    assert usable_cores(machine) == 3
    write(machine / "sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1")
    assert usable_cores(machine) == 8


def test_this_machine() -> None:
    assert usable_cores() >= 1
