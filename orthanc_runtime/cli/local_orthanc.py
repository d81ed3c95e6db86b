# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An Orthanc that runs on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """An Orthanc of this machine, as far as this user may look into it."""

    pid: int
    user: str
    folder: Path
    """Its current one."""
    configuration: Path | None


def look_at_process(pid: int) -> Process | None:
    """None where this is no Orthanc of this machine."""
    folder = Path(f"/proc/{pid}")
    try:
        if (folder / "comm").read_text().strip() != "Orthanc":
            return None
        user = folder.owner()
        words = (folder / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
        here = (folder / "cwd").readlink()
    except (OSError, KeyError):
        return None
    named = [word for word in words[1:] if word and not word.startswith("-")]
    return Process(pid, user, here, here / named[0] if named else None)
