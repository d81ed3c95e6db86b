# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime serve --reload``: what a changed script asks for.

Where all that it registers runs in workers, the plugin replaces those by itself
(``ReloadOnChange``), within a moment. What runs in Orthanc, and new registrations, need a new
Orthanc. A script that fails changes nothing: the old one serves on.
"""

from __future__ import annotations

import enum
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from orthanc_runtime.cli.script_check import ImportFailedError, Report, check_script
from orthanc_runtime.script_watch import ScriptWatch

STOPS = 5.0  # seconds for a look that is under way


class Need(enum.Enum):
    """What brings a changed script into use."""

    WORKERS = "new workers"
    ORTHANC = "a new Orthanc"


class Reloading:
    """Looks at a script again each time that it has changed."""

    def __init__(
        self, plan: Mapping[str, Any], timeout: float, restart: Callable[[], None]
    ) -> None:
        """``plan`` and ``timeout`` as of check_script; ``restart`` brings a new Orthanc."""
        self._plan = plan
        self._timeout = timeout
        self._restart = restart
        self._registered: object = None
        # Orthanc need not wait for it, but the first change must.
        self._first = threading.Thread(target=self._begin, daemon=True)
        self._first.start()

    def changed(self, names: list[str]) -> None:
        self._first.join()
        try:
            need = self.look()
        except ImportFailedError as failed:
            _say(f"{failed.finding.what}; what has run before serves on")
            return
        if need is Need.ORTHANC:
            _say(f"{', '.join(names)} changed: Orthanc is restarted")
            self._restart()

    def look(self) -> Need:
        """Import the script as it is now, in a process of its own. Raises ImportFailedError."""
        try:
            report = check_script(self._plan, self._timeout)
        except ImportFailedError as failed:
            if failed.needs_orthanc:  # nobody can tell without
                return Need.ORTHANC
            raise
        before, self._registered = self._registered, _registered(report)
        in_orthanc = any(entry["offloaded"] is None for entry in report["registrations"])
        return Need.ORTHANC if in_orthanc or before != self._registered else Need.WORKERS

    def _begin(self) -> None:
        with suppress(ImportFailedError):  # Orthanc says so, too
            self.look()


@contextmanager
def reloading(
    script: Path, plan: Mapping[str, Any], timeout: float, restart: Callable[[], None]
) -> Iterator[None]:
    """While it lasts, changes of the script and of modules and packages beside it are noticed."""
    folder = script.parent
    packages = [*folder.glob("*/__init__.py"), *folder.glob("*/*/__init__.py")]
    watch = ScriptWatch([script, *packages], Reloading(plan, timeout, restart).changed)
    watch.start()
    try:
        yield
    finally:
        watch.stop(STOPS)


def _registered(report: Report) -> object:
    """What workers and Orthanc must agree on."""
    entries = [
        (entry["registered_by"], entry["subject"], entry["offloaded"])
        for entry in report["registrations"]
    ]
    return entries, report["handlers"]


def _say(message: str) -> None:
    print(f"orthanc-runtime: {message}", file=sys.stderr, flush=True)
