# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices that files of the script have changed, for ``ReloadOnChange``."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

# Seconds between two looks; a change counts once it lasts from one look to the next, since
# editors and copies write in several steps.
INTERVAL = 0.5

Signature = dict[Path, tuple[int, int]]


def signature(scripts: Sequence[Path]) -> Signature:
    """Time and size of each Python file beside the scripts, and of those below them in use."""
    folders = {script.parent for script in scripts}
    files = {*scripts, *(file for folder in folders for file in folder.glob("*.py"))}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            path = Path(file)
            beside = any(path.is_relative_to(folder) for folder in folders)
            if beside and not path.is_relative_to(sys.prefix):
                files.add(path)
    found = {}
    for path in files:
        try:
            status = path.stat()
        except OSError:
            continue  # removed, or just being replaced
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def forget_compiled(path: Path) -> None:
    """Python takes the bytecode of a file for that of its successor where both have one size and
    were saved within the same second."""
    with suppress(OSError, NotImplementedError):  # there is none, or it is not ours to remove
        Path(cache_from_source(path)).unlink()


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
                for path in now:
                    if now[path] != self._known.get(path):
                        forget_compiled(path)
                self._known = now
                self._changed(names)
            before = now

    def _shown(self, path: Path) -> str:
        folders = {script.parent for script in self._scripts}
        return str(path if len(folders) > 1 else path.relative_to(folders.pop()))
