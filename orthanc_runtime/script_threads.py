# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The threads that a script has started, when its start of Orthanc ends.

The interpreter lives on after POST /tools/reset, and with it every thread that the script did not
end itself on ORTHANC_STOPPED.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterable


def running_threads(foreign: Iterable[threading.Thread] = ()) -> list[threading.Thread]:
    """Python threads but the main and present ones, ``foreign``, and those of Orthanc's core."""
    left_out = {threading.main_thread(), threading.current_thread(), *foreign}
    return [
        thread
        for thread in threading.enumerate()
        # Orthanc's own threads appear in Python as dummies.
        if thread not in left_out and not isinstance(thread, threading._DummyThread)
    ]


def end_threads(threads: Iterable[threading.Thread], deadline: float) -> list[str]:
    """Raise SystemExit in ``threads`` and wait for them until ``deadline`` (monotonic clock).

    Returns the names of those that are still alive: a thread that waits in C, in ``time.sleep``
    for example, gets the exception only when that returns.
    """
    threads = list(threads)
    for thread in threads:
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
            )
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in threads if thread.is_alive()]
