# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fork server that goes on where a fork fails, for want of memory or of processes, and where
Orthanc gives up a start that it has begun, for want of descriptors.

That of ``multiprocess`` would end, and with it all workers that it has made: the kernel ends them
with their parent.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Any

from multiprocess import reduction  # type: ignore[import-untyped]


def tell_failures() -> None:
    """``os.fork`` of this process, which has one caller, answers ``-errno`` instead of raising.

    The caller sends that to the master as the pid of the new process. A connection without a
    request is forgotten. A worker has the real functions again.
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
            reduction.recvfds = receive
        return pid

    receive = reduction.recvfds

    def receive_or_go_on(connection: Any, size: int) -> Any:
        try:
            return receive(connection, size)
        except (EOFError, RuntimeError) as error:
            # what its caller takes for a connection that was never made
            raise OSError(errno.ECONNABORTED, "no request to fork") from error

    reduction.recvfds = receive_or_go_on

    replace: Callable[[], int] = fork_or_tell
    os.fork = replace


def _close_failed(status_pipes: dict[int, int]) -> None:
    """Those of earlier failures: no process will ever write into them."""
    for pid in [pid for pid in status_pipes if pid < 0]:
        os.close(status_pipes.pop(pid))
