# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a child process of this one, within a deadline."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time


def reap(name: str, pid: int, deadline: float) -> list[str]:
    """Wait for our child ``pid``, kill it when the deadline passes. Never waits for ever."""
    complaints = []
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return []  # reaped already
    try:
        if not _ends(pidfd, deadline):
            complaints.append(f"the {name} (pid {pid}) had to be killed")
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            if not _ends(pidfd, time.monotonic() + 1):
                return [f"the {name} (pid {pid}) does not end, although it was killed"]
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
    finally:
        os.close(pidfd)
    return complaints


def _ends(pidfd: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
