# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a user, such as the one that runs Orthanc, can read a file."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Obstacle:
    """The first place on the way to a file where the user is stopped."""

    user: str
    place: Path
    verb: str
    """What cannot be done there: read, enter."""

    def __str__(self) -> str:
        return f"the user {self.user} cannot {self.verb} {self.place}"


def obstacle(path: Path, user: str) -> Obstacle | None:
    """None where nothing stands in the way. Raises KeyError for an unknown user, OSError."""
    entry = pwd.getpwnam(user)
    if entry.pw_uid == 0:
        return None
    groups = {group.gr_gid for group in grp.getgrall() if user in group.gr_mem} | {entry.pw_gid}
    file = path.resolve()
    for place in [*reversed(file.parents), file]:
        wanted = stat.S_IXOTH if place != file or file.is_dir() else stat.S_IROTH
        if not _has(place.stat(), entry.pw_uid, groups, wanted):
            return Obstacle(user, place, "read" if wanted == stat.S_IROTH else "enter")
    return None


def _has(status: os.stat_result, uid: int, groups: set[int], wanted: int) -> bool:
    """Whether the mode gives this user the permission, which is one of those of others."""
    if status.st_uid == uid:
        return bool(status.st_mode & (wanted << 6))
    if status.st_gid in groups:
        return bool(status.st_mode & (wanted << 3))
    return bool(status.st_mode & wanted)
