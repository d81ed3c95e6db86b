# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handing a file descriptor to a new process."""

from __future__ import annotations

import os
from typing import Any

from multiprocess import reduction


class Descriptor:
    """An open file descriptor as an argument of a ``multiprocess.Process``.

    Sockets can be passed as they are; pipes need this. The new process gets a duplicate, the
    starting process keeps its own and closes it when it likes.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        return self._fd

    def detach(self) -> int:
        """The descriptor, now the caller's to close."""
        fd, self._fd = self._fd, -1
        return fd

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self.detach())

    def __reduce__(self) -> tuple[Any, ...]:
        # Only while a process is being started: elsewhere multiprocess would serve the
        # descriptor from a thread of its own.
        return (_received, (reduction.DupFd(self._fd),))


def _received(duplicate: Any) -> Descriptor:
    return Descriptor(duplicate.detach())
