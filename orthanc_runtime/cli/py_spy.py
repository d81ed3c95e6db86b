# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""py-spy, which looks into a running Python process from outside."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orthanc_runtime.cli.command_error import CommandError

# By the suffix of the file.
FORMATS = {".svg": "flamegraph", ".json": "speedscope"}
# Beyond the time of a recording: py-spy reads all symbols of the process first.
GRACE = 30.0


def find_py_spy() -> str:
    """Beside this Python, or on the PATH. Raises CommandError."""
    beside = Path(sys.executable).parent / "py-spy"
    found = str(beside) if beside.is_file() else shutil.which("py-spy")
    if found is None:
        raise CommandError(f"py-spy is not installed: {sys.executable} -m pip install py-spy")
    return found


@contextmanager
def recording(
    pid: int, seconds: float, output: Path, rate: int, wall: bool
) -> Iterator[subprocess.Popen[bytes]]:
    """py-spy, which ends by itself. Raises CommandError where it could not record.

    ``wall``: threads that wait are recorded, too.
    """
    command = [find_py_spy(), "record", "--pid", str(pid), "--output", str(output)]
    command += ["--format", FORMATS[output.suffix], "--rate", str(rate)]
    command += ["--duration", str(round(seconds)), *(["--idle"] if wall else [])]
    with tempfile.TemporaryFile() as words:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=words, stderr=subprocess.STDOUT
        )
        try:
            yield process
            code = process.wait(seconds + GRACE)
        except subprocess.TimeoutExpired:
            raise CommandError(f"py-spy does not end {GRACE:.0f} s after its time") from None
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        words.seek(0)
        text = words.read().decode(errors="replace")
    if code != 0 or not output.is_file():
        raise CommandError(_reason(text, pid))


def _reason(text: str, pid: int) -> str:
    if "ermission" in text or "EPERM" in text:
        return (
            f"py-spy may not look into the process {pid}: run this as root; or as the user of "
            "Orthanc where kernel.yama.ptrace_scope is 0; a container needs --cap-add SYS_PTRACE"
        )
    last = " ".join(text.split())[-300:] or "it says nothing"
    return f"py-spy failed: {last}"
