# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices that files of the script have changed, for ``ReloadOnChange``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from orthanc_runtime.script_files import forget_older_bytecode, script_files

# Seconds between two looks; a change counts once it lasts from one look to the next, since
# editors and copies write in several steps.
INTERVAL = 0.5

Signature = dict[Path, tuple[int, int]]


def signature(scripts: Sequence[Path]) -> Signature:
    """Time and size of each file."""
    found = {}
    for path in script_files(scripts):
        try:
            status = path.stat()
        except OSError:
            continue  # removed, or just being replaced
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


class ScriptWatch:
    """Calls ``changed(names)`` in a thread of its own, once for each change."""

    def __init__(
        self,
        scripts: Sequence[Path],
        changed: Callable[[list[str]], None],
        interval: float = INTERVAL,
    ) -> None:
        self._scripts = scripts
        self._changed = changed
        self._interval = interval
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="orthanc-runtime-watch", daemon=True)
        self._known = signature(scripts)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """True where the thread has ended within ``timeout`` seconds."""
        self._stopping.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        before = self._known
        while not self._stopping.wait(self._interval):
            now = signature(self._scripts)
            if now != self._known and now == before:
                names = [
                    self._shown(path)
                    for path in sorted({*now, *self._known})
                    if now.get(path) != self._known.get(path)
                ]
                forget_older_bytecode(now)
                self._known = now
                self._changed(names)
            before = now

    def _shown(self, path: Path) -> str:
        folders = {script.parent for script in self._scripts}
        return str(path if len(folders) > 1 else path.relative_to(folders.pop()))
