# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compiles the plugin that is the floor."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from orthanc_runtime.cli.command_error import CommandError

FOLDER = Path(__file__).resolve().parent
ECHO = FOLDER / "echo.py"
BUILT = FOLDER.parent.parent / "build" / "floor"
DEADLINE = 120.0


def build_floor() -> Path:
    """The shared library. Raises CommandError where it does not compile."""
    compiler = shutil.which("c++")
    if compiler is None:
        raise CommandError("there is no c++: apt-get install g++")
    BUILT.mkdir(parents=True, exist_ok=True)
    library = BUILT / "libfloor.so"
    paths = {"FLOOR_PYTHON": sys.executable, "FLOOR_ECHO": str(ECHO)}
    defined = [f'-D{name}="{path}"' for name, path in paths.items()]
    command = [compiler, "-std=c++17", "-O2", "-shared", "-fPIC", *defined]
    done = subprocess.run(
        [*command, "-o", str(library), str(FOLDER / "floor.cpp")],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    if done.returncode != 0:
        raise CommandError(f"the floor does not compile: {done.stderr[-500:]}")
    return library
