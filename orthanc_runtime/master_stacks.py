# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python stacks of the master interpreter, for ``POST /python-runtime/stacks``."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import traceback


def all_stacks() -> str:
    """Every thread with its name, the calling one apart."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    parts = []
    for ident, frame in sys._current_frames().items():
        if ident != threading.get_ident():
            name = names.get(ident, "of Orthanc")
            stack = "".join(traceback.format_stack(frame))
            parts.append(f"Thread {ident:#x} ({name}), most recent call last:\n{stack}")
    return "\n".join(parts)


class SignalledStacks:
    """Stacks without the GIL: ``signal`` has ``faulthandler`` write them into ``fd``.

    Only to be sent while a thread holds the GIL and does not let go of it, so that no stack
    changes meanwhile. One for the process, as the interpreter lives as long.
    """

    def __init__(self) -> None:
        self.signal = _unused_signal()
        """0 where there is none left."""
        self.fd = os.memfd_create("orthanc-runtime-stacks", os.MFD_CLOEXEC)
        if self.signal:
            faulthandler.register(self.signal, self.fd, all_threads=True, chain=False)


def _unused_signal() -> int:
    for number in range(signal.SIGRTMAX - 1, signal.SIGRTMIN, -1):
        if signal.getsignal(number) is signal.SIG_DFL:
            return int(number)
    return 0


signalled = SignalledStacks()
