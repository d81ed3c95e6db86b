# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many cores this process may use: its affinity, and the CPU quota of its control group."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path


def usable_cores(root: Path = Path("/")) -> int:
    """At least 1. ``root`` is where ``/proc`` and ``/sys`` are looked for."""
    cores = len(os.sched_getaffinity(0))
    quota = _cgroup_quota(root)
    if quota is not None:
        # A quota of 1.5 cores keeps two workers busier than one.
        cores = min(cores, math.ceil(quota))
    return max(1, cores)


def _cgroup_quota(root: Path) -> float | None:
    """Cores granted by the tightest quota above this process; None without one."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    quotas = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            quotas += _quotas_upwards(root / "sys/fs/cgroup", path, _read_version_2)
        elif "cpu" in controllers.split(","):
            quotas += _quotas_upwards(root / "sys/fs/cgroup/cpu", path, _read_version_1)
    return min(quotas, default=None)


def _quotas_upwards(mount: Path, path: str, read: Callable[[Path], float | None]) -> list[float]:
    """The quotas of a control group and of its parents."""
    # In a container the path can be that of the host: only the mount itself exists then.
    folder = mount / path.strip("/")
    found = []
    for candidate in (folder, *folder.parents):
        quota = read(candidate)
        if quota is not None:
            found.append(quota)
        if candidate == mount:
            break
    return found


def _read_version_2(folder: Path) -> float | None:
    try:
        quota, period = (folder / "cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None


def _read_version_1(folder: Path) -> float | None:
    try:
        quota = int((folder / "cpu.cfs_quota_us").read_text())
        period = int((folder / "cpu.cfs_period_us").read_text())
        return None if quota <= 0 else quota / period
    except (OSError, ValueError, ZeroDivisionError):
        return None
