# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the compiled units that clang-tidy checks, each ended by a zero byte."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def units(build: Path) -> list[str]:
    commands = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    files = sorted({command["file"] for command in commands})
    return [file for file in files if "core_plugin/src/" in file or "/Unity/" in file]


if __name__ == "__main__":
    sys.stdout.write("".join(f"{unit}\0" for unit in units(Path(sys.argv[1]))))
