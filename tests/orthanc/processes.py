# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that belong to one Orthanc, found in /proc without their cooperation."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

MARK = "ORTHANC_TEST_MARK"


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    state: str
    session: int
    name: str
    """What ps shows: the arguments, or the process title."""

    def __str__(self) -> str:
        return (
            f"{self.pid} ({self.state}, parent {self.parent}, session {self.session}) {self.name}"
        )


def read_process(pid: int) -> Process | None:
    """The process, or None when there is none (any more)."""
    folder = Path("/proc") / str(pid)
    try:
        stat = (folder / "stat").read_text(errors="replace")
        arguments = (folder / "cmdline").read_bytes()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()
    name = arguments.replace(b"\0", b" ").decode(errors="replace").strip()
    return Process(pid, int(fields[1]), fields[0], int(fields[3]), name)


def belongs(pid: int, mark: str, folder: Path) -> bool:
    """Whether the process inherited the mark or the current folder of a server.

    A process title may overwrite the environment, so the folder is looked at too.
    """
    proc = Path("/proc") / str(pid)
    try:
        if (proc / "cwd").readlink() == folder:
            return True
        return f"{MARK}={mark}".encode() in (proc / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def find_processes(mark: str, folder: Path, excluded: int) -> list[Process]:
    """Living processes of a server except ``excluded``, which is Orthanc itself."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    found = [read_process(pid) for pid in pids if pid != excluded and belongs(pid, mark, folder)]
    return [process for process in found if process is not None and process.state != "Z"]


def wait_gone(pid: int, timeout: float) -> bool:
    """Whether the process ends in time; waits for its exit."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(pidfd, select.POLLIN)
        return bool(poll.poll(max(0.0, timeout) * 1000))
    finally:
        os.close(pidfd)


def wait_none(mark: str, folder: Path, excluded: int, timeout: float) -> list[Process]:
    """What is still there at the deadline: nothing, if all is well."""
    deadline = time.monotonic() + timeout
    while True:
        found = find_processes(mark, folder, excluded)
        if not found or time.monotonic() > deadline:
            return found
        for process in found:
            wait_gone(process.pid, deadline - time.monotonic())


def wait_caught(pid: int, number: int, timeout: float) -> None:
    """Wait until the process has a handler for the signal; /proc offers no event for that."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            status = (Path("/proc") / str(pid) / "status").read_text()
        except OSError:
            return
        caught = int(status.split("SigCgt:")[1].split()[0], 16)
        if caught & (1 << (number - 1)):
            return
        time.sleep(0.005)
    raise TimeoutError(f"process {pid} never caught signal {number}")


def stacks(pid: int) -> str:
    """The C stacks of every thread, for the report of a hang; needs gdb."""
    debugger = shutil.which("gdb")
    if debugger is None:
        return "(no gdb, no stacks)"
    command = [debugger, "-batch", "-p", str(pid), "-ex", "thread apply all bt 30"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return "(gdb took too long)"
    return done.stdout
