# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pdb in a process that has no terminal, on that of another one.

Orthanc and its workers have sessions of their own, so none of them has this terminal as its
controlling one: they may read from it, and no Ctrl-C there reaches them.
"""

from __future__ import annotations

import contextlib
import os
import pdb
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

# At one prompt of this process after the other.
_prompt = threading.RLock()


class TerminalPdb(pdb.Pdb):
    """Takes standard input and output to the terminal while it prompts, with editing of lines."""

    def __init__(self, terminal: str, who: str) -> None:
        # Signal handlers belong to the main thread, handlers of Orthanc run in others.
        super().__init__(skip=["orthanc_runtime", "orthanc_runtime.*"], nosigint=True)
        self._terminal = terminal
        self._who = who
        self._is_new = True

    def interaction(self, frame: FrameType | None, *rest: Any) -> None:
        with _prompt, on_terminal(self._terminal):
            if self._is_new:
                print(f"\n{self._who} waits here: c continues, q ends the request, h helps")
            self._is_new = False
            super().interaction(frame, *rest)

    def do_quit(self, arg: str) -> bool:  # noqa: ARG002
        """q(uit): raise BdbQuit in the handler, so that its request fails."""
        self.set_quit()
        return True

    do_q = do_quit
    do_exit = do_quit


@contextlib.contextmanager
def on_terminal(path: str) -> Iterator[None]:
    """Descriptors 0 and 1 are the terminal meanwhile, so that input() can edit lines there."""
    terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
    sys.stdout.flush()
    former = os.dup(0), os.dup(1)
    try:
        os.dup2(terminal, 0)
        os.dup2(terminal, 1)
        os.close(terminal)
        yield
    finally:
        sys.stdout.flush()
        for number, saved in enumerate(former):
            os.dup2(saved, number)
            os.close(saved)
