# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def family(pid: int) -> Iterator[int]:
    """``pid`` and all its descendants that still run."""
    with suppress(OSError):  # it ended meanwhile
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        yield pid
        for task in tasks:
            for child in (task / "children").read_text(encoding="utf-8").split():
                yield from family(int(child))
