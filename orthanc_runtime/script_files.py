# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that the scripts consist of."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path


def script_files(scripts: Sequence[Path]) -> set[Path]:
    """Each Python file beside the scripts, and those below them that are in use."""
    folders = {script.parent for script in scripts}
    files = {*scripts, *(file for folder in folders for file in folder.glob("*.py"))}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            path = Path(file)
            beside = any(path.is_relative_to(folder) for folder in folders)
            if beside and not path.is_relative_to(sys.prefix):
                files.add(path)
    return files


def forget_older_bytecode(files: Iterable[Path]) -> None:
    """Python takes the bytecode of a file for that of its successor where both have one size and
    were saved within the same second; by the clock of the file system it is older."""
    for file in files:
        # There is none, or it is not ours to remove.
        with suppress(OSError, NotImplementedError):
            compiled = Path(cache_from_source(file))
            if compiled.stat().st_mtime_ns <= file.stat().st_mtime_ns:
                compiled.unlink()
