# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of a process, read as it comes, until that process exits."""

from __future__ import annotations

import os
import re
import select
import threading
import time


class LogEndedError(AssertionError):
    """The process exited before the awaited line came."""


class LogCapture:
    """Reads a pipe in a thread. Ends with the process, even if a grandchild holds the pipe."""

    def __init__(self, pipe: int, pid: int) -> None:
        os.set_blocking(pipe, False)
        self._pipe = pipe
        self._pidfd = os.pidfd_open(pid)
        self._parts: list[str] = []
        self._ended = False
        self._changed = threading.Condition()  # its lock also guards the pipe
        self._thread = threading.Thread(target=self._read, name=f"log of {pid}", daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """All that the process has written until now."""
        with self._changed:
            if not self._ended:
                self._drain()
            return "".join(self._parts)

    def wait(self, pattern: str, timeout: float, start: int = 0) -> re.Match[str]:
        """The first match of ``pattern`` after ``start`` characters; waits for it to come.

        Raises LogEndedError when the process exits first, TimeoutError at the deadline.
        """
        wanted = re.compile(pattern, re.MULTILINE)
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                text = "".join(self._parts)
                match = wanted.search(text, start)
                if match:
                    return match
                if self._ended:
                    raise LogEndedError(f"the process exited, its log has no {pattern!r}")
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"no {pattern!r} in {timeout} s in the log")
                self._changed.wait(left)

    def wait_end(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _read(self) -> None:
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        poll.register(self._pidfd, select.POLLIN)
        exited = closed = False
        while not exited:
            exited = any(fd == self._pidfd for fd, _ in poll.poll())
            with self._changed:
                if not closed and not self._drain():
                    closed = True
                    poll.unregister(self._pipe)
        with self._changed:
            self._ended = True
            self._changed.notify_all()
            os.close(self._pidfd)
            os.close(self._pipe)

    def _drain(self) -> bool:
        """Take what is there, under the lock; False at the end of the pipe."""
        while True:
            try:
                data = os.read(self._pipe, 65536)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            self._parts.append(data.decode(errors="replace"))
            self._changed.notify_all()
