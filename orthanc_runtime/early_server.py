# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fork server of the default pool, started before the script is imported in Orthanc.

It imports what workers need beside that, which takes about as long. Whether there will be workers
is only known afterwards, so it is a guess: one that is not taken is ended.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from orthanc_runtime.inherited import inherited
from orthanc_runtime.launch import Launcher
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.script import Script, folders_of
from orthanc_runtime.settings import StartMethod
from orthanc_runtime.settings_reading import Settings

THREAD = "orthanc-runtime-launcher"
# For the end of processes that are killed.
ENDED_WITHIN = 3.0
HINT = b"offload"


@dataclass(frozen=True)
class Begun:
    """A launcher, and the thread that all its processes come from."""

    launcher: Launcher
    thread: ThreadPoolExecutor

    def end(self) -> None:
        """Where no worker is to be started."""
        self.launcher.interrupt()
        self.thread.submit(self.launcher.stop, time.monotonic() + ENDED_WITHIN)
        self.thread.shutdown()


class EarlyServer:
    """Leave it as a context when the workers are started: what was not taken ends then.

    The import of the script begins when this is made, since a process is started with an
    environment that Orthanc's own interpreter has only meanwhile.
    """

    def __init__(self, settings: Settings, scripts: Sequence[Script], log: MasterLog) -> None:
        self._log = log
        self._folders = folders_of(scripts)
        self._begun: Begun | None = None
        if _is_wanted(settings, scripts):
            self._inherited = inherited(self._folders)
            self._begun = _begin(settings, scripts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._discard()

    def take(self) -> Begun | None:
        """Once, where it is what would be started now: the script may have changed what processes
        inherit."""
        if self._begun is None:
            return None
        now = inherited(self._folders)
        changed = [name for name, value in self._inherited.items() if now[name] != value]
        if changed:
            self._log.write(
                LogCode.EARLY_START_VAIN,
                f"the script changes what workers inherit ({', '.join(changed)}), so their fork "
                "server is started after it",
            )
            self._discard()
        begun, self._begun = self._begun, None
        return begun

    def _discard(self) -> None:
        begun, self._begun = self._begun, None
        if begun is not None:
            begun.end()


def _is_wanted(settings: Settings, scripts: Sequence[Script]) -> bool:
    workers = settings.workers
    if settings.inline or workers.start_method is not StartMethod.FORKSERVER:
        return False
    if workers.offload_routes:
        return True
    with suppress(OSError):  # its import says so
        return any(HINT in script.path.read_bytes() for script in scripts)
    return False


def _begin(settings: Settings, scripts: Sequence[Script]) -> Begun | None:
    """None where the system refuses: the start that follows then says what."""
    thread = ThreadPoolExecutor(1, THREAD)
    try:
        launcher = thread.submit(Launcher, settings.workers, scripts).result()
    except (OSError, RuntimeError):
        thread.shutdown()
        return None
    begun = Begun(launcher, thread)
    try:
        thread.submit(launcher.begin).result()
    except OSError:
        begun.end()
        return None
    return begun
