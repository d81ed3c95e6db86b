# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long Orthanc takes from exec to its first answers."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.orthanc_server import (
    START_DEADLINE,
    Server,
    ServerError,
    launch,
    log_tail,
    stop,
)
from benchmarks.question import Figures

_PAUSE = 0.002  # between attempts to connect


@dataclass(frozen=True)
class Start:
    """Starts a server and stops it; ``routes`` (figure: path) are asked in their order."""

    plugin: Path
    script: Path
    settings: Mapping[str, Any]
    routes: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self) -> Figures:
        """Seconds from exec to the answer of each route."""
        folder = Path(tempfile.mkdtemp(prefix="orthanc-bench-"))
        try:
            server = launch(folder, self.plugin, self.script, self.settings, self.environment)
            try:
                return {
                    figure: _first_answer(server, path, folder) - server.started
                    for figure, path in self.routes.items()
                }
            finally:
                stop(server)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _first_answer(server: Server, path: str, folder: Path) -> float:
    deadline = server.started + START_DEADLINE
    while time.perf_counter() < deadline and server.process.poll() is None:
        with suppress(ConnectionRefusedError):  # nobody listens yet
            server.get(path)
            return time.perf_counter()
        time.sleep(_PAUSE)
    raise ServerError(f"Orthanc does not answer {path}:\n{log_tail(folder)}")
