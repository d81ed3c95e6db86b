# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``serve --debug`` and ``--debugpy`` change."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import termios
from collections.abc import Iterator, Mapping
from typing import Any

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import Configuration
from orthanc_runtime.debugging import DEBUGPY, TERMINAL

# For what is a deadline of settings without "none".
A_DAY = 24 * 3600
SETTINGS: Mapping[str, Any] = {
    "Count": 1,
    "Timeout": 0,
    "QueueTimeout": A_DAY,
    "StartupTimeout": A_DAY,
    "MaximumTasks": 0,
    "MaximumMemory": 0,
    "ShutdownTimeout": 1,  # nobody waits for a request that stands at a breakpoint
}


def debugging_variables(terminal: bool, port: int | None) -> dict[str, str]:
    """For Orthanc. Raises CommandError where there is no terminal, or no debugpy."""
    if port is not None:
        if importlib.util.find_spec("debugpy") is None:
            raise CommandError(f"debugpy is not installed: {sys.executable} -m pip install debugpy")
        # Or each start prints five lines about modules of Python itself.
        return {DEBUGPY: str(port), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if not terminal:
        return {}
    if not os.isatty(0):
        raise CommandError(
            "--debug needs a terminal as standard input, for breakpoints; --debugpy PORT is for "
            "editors"
        )
    return {TERMINAL: os.ttyname(0)}


def debugging_settings(base: Configuration, count: int | None) -> dict[str, Any]:
    """What to merge into Python.Workers; ``count`` is what the command line says."""
    settings = {**SETTINGS, "Count": 1 if count is None else count}
    python = base.get("Python")
    given = python.get("Workers") if isinstance(python, dict) else None
    pools = given.get("Pools") if isinstance(given, dict) else None
    if not isinstance(pools, dict):
        return settings
    # One for all pools.
    own = {key: value for key, value in settings.items() if key != "ShutdownTimeout"}
    return settings | {"Pools": dict.fromkeys(pools, own | {"Count": 1})}


@contextlib.contextmanager
def restored_terminal() -> Iterator[None]:
    """A worker that is killed while it edits a line leaves the terminal without echo."""
    if not os.isatty(0):
        yield
        return
    former = termios.tcgetattr(0)
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSANOW, former)
