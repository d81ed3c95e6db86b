# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a terminal of its own, as a person would use it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

DEADLINE = 40.0  # seconds


class Terminal:
    """Ends the program with itself."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._ours, theirs = pty.openpty()
        self.shown = ""
        self._seen = 0
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._ours)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait(self, pattern: str) -> re.Match[str]:
        """The first match in what is shown after the one before. Raises AssertionError."""
        deadline = time.monotonic() + DEADLINE
        while True:
            match = re.compile(pattern).search(self.shown, self._seen)
            if match is not None:
                self._seen = match.end()
                return match
            left = max(0.0, deadline - time.monotonic())
            assert select.select([self._ours], [], [], left)[0], f"no {pattern} in:\n{self.shown}"
            assert self._read(), f"ended without {pattern}:\n{self.shown}"

    def wait_end(self) -> int:
        """The exit code of the program, which shows what it has to say until then."""
        deadline = time.monotonic() + DEADLINE
        while select.select([self._ours], [], [], max(0.0, deadline - time.monotonic()))[0]:
            if not self._read():
                break
        return self.process.wait(DEADLINE)

    @property
    def echoes(self) -> bool:
        """Whether it shows what is typed, as shells expect it."""
        return bool(termios.tcgetattr(self._ours)[3] & termios.ECHO)

    def _read(self) -> bool:
        try:
            part = os.read(self._ours, 65536)
        except OSError:  # the last program with this terminal has ended
            return False
        self.shown += part.decode(errors="replace")
        return bool(part)
