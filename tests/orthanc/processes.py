# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that belong to one Orthanc, found in /proc without their cooperation."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

MARK = "ORTHANC_TEST_MARK"
FRAME = re.compile(r"^#\d+ +(?:0x[0-9a-f]+ in )?(.*?)(?: \(.*)?$", re.MULTILINE)


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
    """Wait until Orthanc heeds the signal; /proc offers no event for that.

    It installs its handlers, then forgets what they have noted so far, then sleeps again and
    again on its main thread: so the signal must not come before the first of these sleeps.
    """
    deadline = time.monotonic() + timeout
    sleeps = None
    while time.monotonic() < deadline:
        try:
            status = (Path("/proc") / str(pid) / "status").read_text()
        except OSError:
            return
        fields = dict(line.split(":", 1) for line in status.splitlines())
        now = int(fields["voluntary_ctxt_switches"])
        if sleeps is not None and now > sleeps:
            return
        if sleeps is None and int(fields["SigCgt"], 16) & (1 << (number - 1)):
            sleeps = now
        time.sleep(0.005)
    raise TimeoutError(f"process {pid} never caught signal {number}")


def stacks(pid: int) -> str:
    """The C stacks of the threads, alike ones once, for the report of a hang; needs gdb."""
    debugger = shutil.which("gdb")
    if debugger is None:
        return "(no gdb, no stacks)"
    command = [debugger, "-batch", "-p", str(pid), "-ex", "thread apply all bt 30"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return "(gdb took too long)"
    threads = Counter(
        "\n".join(FRAME.findall(thread)) for thread in done.stdout.split("\nThread ")[1:]
    )
    return "\n\n".join(f"{count} threads:\n{stack}" for stack, count in threads.items())
