# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``Python.Workers.RunAs``: the user of the processes that are started for workers.

They are that user from the first instruction on, before Python and any module is loaded.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orthanc_runtime.errors import SettingsError

KEY = "Python.Workers.RunAs"


@dataclass(frozen=True)
class WorkerUser:
    """As the system's databases have it."""

    name: str
    uid: int
    gid: int
    groups: tuple[int, ...]
    home: str

    @property
    def environment(self) -> dict[str, str]:
        """What a login would set."""
        return {"HOME": self.home, "USER": self.name, "LOGNAME": self.name}

    def spawn(self, path: str | bytes, arguments: Sequence[str], passed: Sequence[Any]) -> int:
        """As ``multiprocess.util.spawnv_passfds``: the pid of a new process of this user.

        Raises OSError where the process cannot become that user, or may not run ``path``.
        """
        try:
            process = subprocess.Popen(
                arguments,
                executable=path,
                pass_fds=tuple(int(fd) for fd in passed),
                restore_signals=False,
                user=self.uid,
                group=self.gid,
                extra_groups=self.groups,
            )
        except OSError as error:
            raise type(error)(
                error.errno, f"{error.strerror} as user {self.name} ({KEY})", os.fsdecode(path)
            ) from error
        # How it ended is for whoever watches the pid; subprocess would take that away.
        process.returncode = 0
        return process.pid


def find_user(name: str | None) -> WorkerUser | None:
    """None where no other user is asked for. Raises SettingsError, which names the key."""
    if name is None:
        return None
    if os.geteuid() != 0:
        raise SettingsError(
            f"{KEY} is {name!r}, but Orthanc does not run as root, and only root can give its "
            "workers another user: remove the setting, or start Orthanc as root"
        )
    entry = look_up(name)
    groups = tuple(os.getgrouplist(name, entry.pw_gid))
    return WorkerUser(name, entry.pw_uid, entry.pw_gid, groups, entry.pw_dir)


def look_up(name: str) -> pwd.struct_passwd:
    """The user that the setting names. Raises SettingsError where this system has none."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise SettingsError(f"{KEY} is {name!r}, which is no user of this system") from None
