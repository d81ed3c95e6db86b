# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processor time of a server with its workers."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from benchmarks.processes import family

_TICK = 1 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time so far, of the process and all its descendants."""
    return sum(_cpu_seconds(member) for member in family(pid))


def _cpu_seconds(pid: int) -> float:
    with suppress(OSError):  # it ended meanwhile
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * _TICK
    return 0.0
