# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process of its own: session, signals, descriptors, and an end with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import io
import os
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

from multiprocess import forkserver  # type: ignore[import-untyped]
from setproctitle import setproctitle

PR_SET_PDEATHSIG = 1
# Half of the scale: more than all that Orthanc's own memory can add to its score.
OOM_SCORE_MORE = 500
HIGHEST_OOM_SCORE = 1000
# The plugin sends it to a worker that is about to be killed, or that somebody asks about.
STACKS_SIGNAL = signal.SIGQUIT


def own_session() -> None:
    """Leave the session and the process group of Orthanc: signals to them do not reach here."""
    with contextlib.suppress(PermissionError):  # leads a group already
        os.setsid()


def ignore_stop_signals() -> None:
    """Orthanc decides when a worker ends; a service manager signals every process at once.

    A handler that does nothing, not SIG_IGN: programs started by a task inherit the latter
    and could not be terminated. Processes that a task forks, as ``multiprocessing.Pool`` does, can
    be, too.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ignored)
    os.register_at_fork(after_in_child=_heed_stop_signals)


def _ignored(_number: int, _frame: object) -> None:
    """The handler of a worker."""


def _heed_stop_signals() -> None:
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is _ignored:  # else the script has its own
            signal.signal(number, handler)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends, or end now if it has.

    The signal follows the thread that started this process, and is forgotten when the user id
    changes: call this after that.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl(PR_SET_PDEATHSIG): {os.strerror(error)}")
    if os.getppid() != parent:
        os._exit(1)


def expected_parent(orthanc: int | None) -> int:
    """The process that must have started this worker: the forkserver, or Orthanc."""
    if forkserver.get_inherited_fds() is not None:
        ours = sys.modules.get("orthanc_runtime.workers.forkserver")
        pid: int = ours.PID if ours is not None else os.getppid()
        return pid
    return os.getppid() if orthanc is None else orthanc


def forkserver_threads() -> int | None:
    """How many threads the forkserver has; a fork takes only one along. None without one."""
    if forkserver.get_inherited_fds() is None:
        return None
    try:
        return sum(1 for _ in Path(f"/proc/{os.getppid()}/task").iterdir())
    except OSError:
        return None


def no_core_dumps() -> None:
    """Keep the memory of this process, with token and patients, off the disk when it crashes.

    The soft limit only: a script that wants core dumps can raise it. 1 rather than 0, for which
    the kernel still feeds a program named in ``core_pattern`` (core(5)).
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard != 0:
        resource.setrlimit(resource.RLIMIT_CORE, (1, hard))


def give_way(nice: int) -> Callable[[], None]:
    """Run with ``nice`` added, and have the kernel end this process first where memory runs out.

    The result is to be called once it serves: from then on workers that still start come before
    it, and Orthanc after it.
    """
    if nice:
        os.nice(nice)
    adjustment = Path("/proc/self/oom_score_adj")

    def adjust(score: int) -> None:
        # Where it cannot be set, as in some containers, Orthanc is no worse off than without us.
        with contextlib.suppress(OSError):
            adjustment.write_text(str(min(HIGHEST_OOM_SCORE, score)))

    try:
        serving = int(adjustment.read_text()) + OOM_SCORE_MORE
    except OSError:
        return lambda: None
    adjust(HIGHEST_OOM_SCORE)
    return partial(adjust, serving)


class Detachable(Protocol):
    """A socket, or a file descriptor as ``multiprocess`` passes it."""

    def detach(self) -> int: ...


def redirect(stdout: Detachable, stderr: Detachable) -> None:
    """Standard input from nowhere, output and errors into these pipes, line by line.

    Crashes and STACKS_SIGNAL write the Python stacks of all threads to the errors, also while
    a C function holds the GIL.
    """
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (stdout.detach(), 1), (stderr.detach(), 2)):
        if source != target:
            os.dup2(source, target, inheritable=True)
            os.close(source)
    sys.stdin = sys.__stdin__ = _reading(0)  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _line_buffered(1)  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _line_buffered(2)  # type: ignore[misc]
    if sys.version_info >= (3, 14):
        # The C stack is looked up under a lock of the loader, which a crash may leave locked.
        faulthandler.enable(sys.stderr, all_threads=True, c_stack=False)
    else:
        faulthandler.enable(sys.stderr, all_threads=True)
    faulthandler.register(STACKS_SIGNAL, sys.stderr, all_threads=True)


def set_title(title: str) -> None:
    """What ``ps`` and ``top`` show."""
    setproctitle(title)


def leave(code: int = 0) -> NoReturn:
    """End this process at once, whatever its other threads are doing."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def _reading(fd: int) -> io.TextIOWrapper:
    return open(fd, encoding="utf-8", closefd=False)


def _line_buffered(fd: int) -> io.TextIOWrapper:
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
