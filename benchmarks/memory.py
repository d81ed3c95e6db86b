# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory of a server with its workers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from benchmarks.processes import family


def proportional_bytes(pid: int) -> int:
    """PSS of the process and all its descendants: a page that n share counts as n-th parts."""
    return sum(_proportional_bytes(member) for member in family(pid))


def _proportional_bytes(pid: int) -> int:
    with suppress(OSError):  # it ended meanwhile
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
