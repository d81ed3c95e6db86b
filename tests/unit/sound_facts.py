# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor sees where nothing is wrong, and the same with one thing changed."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from orthanc_runtime.cli.doctor.facts import (
    Configured,
    Environment,
    Facts,
    Machine,
    Package,
    PluginFile,
    PluginKind,
    Running,
    Unit,
)
from orthanc_runtime.settings_reading import Settings

MEGABYTE = 1024 * 1024
GIGABYTE = 1024 * MEGABYTE
LIBRARY = Path("/opt/venv/lib/python3.11/site-packages/orthanc_runtime/libOrthancRuntime.so")
OURS = PluginFile(LIBRARY, PluginKind.OURS, "3.11")
REFERENCE = PluginFile(Path("/usr/share/libOrthancPython.so.4.0"), PluginKind.REFERENCE)
PACKAGE = Package("0.1.0", "3.11", (1, 10, 1), LIBRARY, (1, 10, 1))
MACHINE = Machine(4, 16 * GIGABYTE, 2 * GIGABYTE, 0, 8 * GIGABYTE, 65536)
POOL: dict[str, Any] = {
    "Name": "default",
    "Count": 4,
    "Workers": [{"Memory": 50 * MEGABYTE}],
    "Tasks": {"answered": 100, "failed": 3},
    "Durations": {"Count": 100, "TotalSeconds": 1.0},
}
STATUS: dict[str, Any] = {
    "Version": "0.1.0",
    "PythonVersion": "3.11.2",
    "Pools": [POOL],
    "SlowHandlers": [],
}
RUNNING = Running("http://localhost:8042", (1, 10, 1), ("orthanc-runtime",), STATUS)
UNIT = Unit("orthanc.service", 60.0, "mixed", "continue")


def configured(workers: Any = 4, **keys: Any) -> Configured:
    content = {"PythonScript": "/a.py", "Python": {"Workers": workers}, **keys}
    settings = Settings.from_configuration(content, cores=4)
    return Configured(Path("orthanc.json"), content, settings, plugins=(OURS,))


def facts(**changes: Any) -> Facts:
    sound = Facts(PACKAGE, configured(), MACHINE, RUNNING, UNIT)
    return dataclasses.replace(sound, **changes)


def running(**status: Any) -> Running:
    return dataclasses.replace(RUNNING, status=STATUS | status)


def plugins(*files: PluginFile) -> Configured:
    return dataclasses.replace(configured(), plugins=files)


def environment(found: Environment) -> Configured:
    return dataclasses.replace(configured(), environment=found)


def machine(**changes: Any) -> Machine:
    return dataclasses.replace(MACHINE, **changes)


def unit(**changes: Any) -> Unit:
    return dataclasses.replace(UNIT, **changes)


def package(**changes: Any) -> Package:
    return dataclasses.replace(PACKAGE, **changes)
