# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about this machine and this installation."""

from __future__ import annotations

import importlib
import re
import resource
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.doctor.facts import Machine, Package
from orthanc_runtime.cli.local_orthanc import Process
from orthanc_runtime.cli.orthanc_process import find_orthanc
from orthanc_runtime.cli.plugin_path import find_plugin
from orthanc_runtime.usable_cores import usable_cores
from orthanc_runtime.version import __version__

VERSION_TIME = 10.0  # seconds for ``Orthanc --version``
_CGROUP_LIMITS = (
    "sys/fs/cgroup/memory.max",
    "sys/fs/cgroup/memory/memory.limit_in_bytes",
)

Version = tuple[int, int, int]


def look_at_machine(process: Process | None = None, root: Path = Path("/")) -> Machine:
    memory = _numbers(root / "proc/meminfo")
    total = memory.get("MemTotal", 0)
    limit = _memory_limit(root)
    swap = memory.get("SwapTotal", 0)
    try:
        shared: int | None = shutil.disk_usage(root / "dev/shm").total
    except OSError:
        shared = None
    allowed, used = resource.getrlimit(resource.RLIMIT_NOFILE)[0], None
    if process is not None:
        allowed, used = _descriptors(root / f"proc/{process.pid}", allowed)
    return Machine(
        usable_cores(root),
        total if limit is None else min(total, limit),
        swap,
        swap - memory.get("SwapFree", 0),
        shared,
        allowed,
        used,
    )


def look_at_package() -> Package:
    sdk: Any = importlib.import_module("orthanc_runtime.sdk")
    try:
        library: Path | None = find_plugin()
    except CommandError:
        library = None
    return Package(
        __version__,
        f"{sys.version_info.major}.{sys.version_info.minor}",
        (sdk.SDK_VERSION_MAJOR, sdk.SDK_VERSION_MINOR, sdk.SDK_VERSION_REVISION),
        library,
        _installed_orthanc(),
    )


def version_of(text: str) -> Version | None:
    """``1.12.8`` as numbers; None for a development version."""
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    if found is None:
        return None
    major, minor, revision = map(int, found.groups())
    return major, minor, revision


def _installed_orthanc() -> Version | None:
    try:
        told = subprocess.run(
            [find_orthanc(), "--version"], capture_output=True, text=True, timeout=VERSION_TIME
        )
    except (CommandError, OSError, subprocess.TimeoutExpired):
        return None
    return version_of(told.stdout)


def _numbers(file: Path) -> dict[str, int]:
    """Of /proc/meminfo, in bytes."""
    numbers = {}
    for line in file.read_text().splitlines():
        name, _, value = line.partition(":")
        words = value.split()
        numbers[name] = int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    return numbers


def _memory_limit(root: Path) -> int | None:
    for place in _CGROUP_LIMITS:
        try:
            return int((root / place).read_text())
        except (OSError, ValueError):
            continue
    return None


def _descriptors(process: Path, otherwise: int) -> tuple[int, int | None]:
    """Soft limit, and how many are open; the latter only for its user and root."""
    try:
        lines = (process / "limits").read_text().splitlines()
        found = next(line for line in lines if line.startswith("Max open files"))
        allowed = int(shlex.split(found)[3])
    except (OSError, StopIteration, ValueError):
        allowed = otherwise
    try:
        return allowed, sum(1 for _ in (process / "fd").iterdir())
    except OSError:
        return allowed, None
