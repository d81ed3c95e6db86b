# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The temporary folder of one start: for the socket of the fork server, removed at stop.

A folder whose Orthanc was killed is removed by the next start. Its lock tells whether somebody
still lives in it: process ids do not, where containers share ``/tmp``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from orthanc_runtime.worker_user import WorkerUser

PREFIX = "orthanc-runtime-workers-"
LOCK = "lock"
# sockaddr_un holds 108 bytes; multiprocess appends "/listener-" and 8 characters.
LONGEST_FOLDER = 107 - len("/listener-") - 8
ATTEMPTS = 10


class RuntimeFolder:
    """A folder that only this user can enter. Raises OSError where none can be made.

    Workers of another ``user`` have a folder of their own within it, which only they can enter, and
    pass through this one, whose other content they cannot list, open, or replace.
    """

    def __init__(self, parent: Path | None = None, user: WorkerUser | None = None) -> None:
        self._user = user
        self._lock = -1
        self._make(parent or _parent())

    def renew(self) -> None:
        """Another folder in place of one that somebody has removed. Raises OSError."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        self._make(self.path.parent)

    def _make(self, parent: Path) -> None:
        user = self._user
        sweep(parent)
        for _ in range(ATTEMPTS):
            self.path = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=parent))
            self._lock = os.open(self.path / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            if (self.path / LOCK).exists():
                self.for_workers = self.path if user is None else self._give(user)
                return
            os.close(self._lock)  # another start swept the folder before it was locked
        raise FileNotFoundError(f"temporary folders in {parent} are removed as they are made")

    def _give(self, user: WorkerUser) -> Path:
        folder = self.path / "workers"
        folder.mkdir(mode=0o700)
        os.chown(folder, user.uid, user.gid)
        self.path.chmod(0o711)
        return folder

    def remove(self) -> None:
        """Idempotent."""
        if self._lock >= 0:
            shutil.rmtree(self.path, ignore_errors=True)
            os.close(self._lock)
            self._lock = -1


def sweep(parent: Path) -> None:
    """Remove the folders that ended Orthancs of this user have left in ``parent``."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            _remove_abandoned(folder)
        except OSError:
            continue  # somebody else was faster


def _remove_abandoned(folder: Path) -> None:
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return  # it is being made just now
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        return
    finally:
        os.close(lock)


def _parent() -> Path:
    parent = Path(tempfile.gettempdir())
    room = len(os.fsencode(parent)) + len(f"/{PREFIX}{os.getpid()}-") + 8
    return parent if room <= LONGEST_FOLDER else Path("/tmp")  # noqa: S108 - mkdtemp is safe there
