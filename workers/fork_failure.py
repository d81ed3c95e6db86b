# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fork server that goes on where a fork fails, for want of memory or of processes.

That of ``multiprocess`` would end, and with it all workers that it has made: the kernel ends them
with their parent.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable


def tell_failures() -> None:
    """``os.fork`` of this process, which has one caller, answers ``-errno`` instead of raising.

    The caller sends that to the master as the pid of the new process. A worker has the real
    ``os.fork`` again.
    """
    fork = os.fork

    def fork_or_tell() -> int:
        _close_failed(sys._getframe(1).f_locals.get("pid_to_fd", {}))
        try:
            pid = fork()
        except OSError as error:
            return -(error.errno or 1)
        if pid == 0:
            os.fork = fork
        return pid

    replace: Callable[[], int] = fork_or_tell
    os.fork = replace


def _close_failed(status_pipes: dict[int, int]) -> None:
    """Those of earlier failures: no process will ever write into them."""
    for pid in [pid for pid in status_pipes if pid < 0]:
        os.close(status_pipes.pop(pid))
