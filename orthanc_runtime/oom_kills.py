# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the kernel has ended processes for want of memory, by its own counter.

The counter is that of the memory control group of this process, ``oom_kill`` in ``memory.events``
(version 2) or ``memory.oom_control`` (version 1), else that of the machine in ``/proc/vmstat``.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

# The kernel may end several processes at once, and we learn of them one after the other.
AT_ONCE = 2.0


class OomKills:
    """``root`` is where ``/proc`` and ``/sys`` are looked for."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._lock = threading.Lock()
        self._counter = next((file for file in _counters(root) if _count(file) is not None), None)
        self._seen = self._now()
        self._unexplained = 0
        self._seen_at = 0.0

    def explain_one(self) -> bool:
        """Whether a process that somebody has killed just now was ended by the kernel, as far as
        the counter tells; each count explains one process."""
        with self._lock:
            now = self._now()
            if now > self._seen:
                self._unexplained, self._seen = now - self._seen, now
                self._seen_at = time.monotonic()
            elif time.monotonic() - self._seen_at > AT_ONCE:
                self._unexplained = 0
            if self._unexplained == 0:
                return False
            self._unexplained -= 1
            return True

    def _now(self) -> int:
        count = None if self._counter is None else _count(self._counter)
        return 0 if count is None else count


@functools.cache
def oom_kills() -> OomKills:
    """The one of this process: all pools learn from the same counter."""
    return OomKills()


def _counters(root: Path) -> Iterator[Path]:
    mount = root / "sys/fs/cgroup"
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            folder, name = mount, "memory.events"
        elif "memory" in controllers.split(","):
            folder, name = mount / "memory", "memory.oom_control"
        else:
            continue
        # In a container the path can be that of the host: only the mount itself exists then.
        yield folder / path.strip("/") / name
        yield folder / name
    yield root / "proc/vmstat"


def _count(file: Path) -> int | None:
    try:
        for line in file.read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    except (OSError, ValueError):
        pass
    return None
