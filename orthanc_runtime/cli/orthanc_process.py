# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc as a child process: found, started, told to stop, waited for."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.parent_death import die_with

# Above the plugin's ShutdownTimeout (8 s by default) and Orthanc's own stop.
STOP_DEADLINE = 30

_DEBIAN = Path("/usr/sbin/Orthanc")  # not on the PATH of every user


def find_orthanc() -> str:
    """The server's executable; ``ORTHANC`` in the environment names another one."""
    wanted = os.environ.get("ORTHANC")
    found = shutil.which(wanted or "Orthanc")
    if found is None and wanted is None and os.access(_DEBIAN, os.X_OK):
        found = str(_DEBIAN)
    if found is None:
        raise CommandError(
            f"{wanted or 'Orthanc'} is not installed: 'apt-get install orthanc' on Debian, "
            "or set ORTHANC to the path of the executable"
        )
    return found


class OrthancProcess:
    """Runs until Orthanc ends; signals to this process are passed on."""

    def __init__(
        self,
        configuration: Path,
        variables: Mapping[str, str] | None = None,
        started: Callable[[], None] | None = None,
    ) -> None:
        """``variables`` come into its environment; ``started`` is called at each start."""
        self._environment = os.environ | (variables or {})
        self._command = [find_orthanc(), str(configuration)]
        self._started = started
        self._process: subprocess.Popen[bytes] | None = None
        self._signalled = 0
        self._again = False

    def run(self) -> int:
        """Start Orthanc, wait for its end, and return its exit code."""
        handlers = {
            signal.SIGINT: self._forward,
            signal.SIGTERM: self._forward,
            signal.SIGHUP: self._forward,  # the terminal was closed
            signal.SIGALRM: self._give_up,
        }
        former = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            code = self._run()
            while self._again and not self._signalled:
                self._again = False
                code = self._run()
        finally:
            signal.alarm(0)
            for number, handler in former.items():
                signal.signal(number, handler)
        return code if code >= 0 else 128 - code

    def restart(self) -> None:
        """From any thread: Orthanc is told to stop, and started once it has."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        self._again = True
        process.send_signal(signal.SIGTERM)
        killer = threading.Timer(STOP_DEADLINE, process.kill)
        killer.daemon = True
        killer.start()
        process.wait()
        killer.cancel()

    def _run(self) -> int:
        parent = os.getpid()
        process = self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            env=self._environment,
            # Ctrl-C reaches a whole process group; Orthanc is to hear it once, from here. In a
            # session of its own it may read from the terminal, too.
            start_new_session=True,
            preexec_fn=lambda: die_with(parent),
        )
        if self._signalled:  # while it was being started
            self._stop(self._signalled)
        if self._started is not None:
            self._started()
        return process.wait()

    def _forward(self, number: int, _frame: FrameType | None) -> None:
        if self._process is not None and self._signalled:
            self._kill("asked to stop a second time")
        elif self._process is not None:
            self._stop(number)
        self._signalled = number

    def _stop(self, number: int) -> None:
        if self._process is not None:
            # Orthanc reads its configuration anew at SIGHUP.
            self._process.send_signal(signal.SIGTERM if number == signal.SIGHUP else number)
        signal.alarm(STOP_DEADLINE)

    def _give_up(self, _number: int, _frame: FrameType | None) -> None:
        self._kill(f"still running {STOP_DEADLINE} s after the signal to stop")

    def _kill(self, reason: str) -> None:
        print(f"orthanc-runtime: killing Orthanc: {reason}", file=sys.stderr)
        if self._process is not None:
            self._process.kill()
