# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about a running Orthanc."""

from __future__ import annotations

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.doctor.facts import Running
from orthanc_runtime.cli.doctor.look_at_machine import version_of
from orthanc_runtime.cli.local_orthanc import Process, look_at_process
from orthanc_runtime.cli.running_orthanc import STATUS, RunningOrthanc


def look_at_server(orthanc: RunningOrthanc) -> tuple[Running, Process | None]:
    """What it says, and its process where it is one of this machine. Raises CommandError."""
    system, plugins = orthanc.find("/system"), orthanc.find("/plugins")
    if not isinstance(system, dict) or not isinstance(plugins, list):
        raise CommandError(f"{orthanc.shown} is no Orthanc")
    status = orthanc.find(STATUS)
    running = Running(
        orthanc.shown,
        version_of(str(system.get("Version"))),
        tuple(str(plugin) for plugin in plugins),
        status,
    )
    if status is None or not orthanc.is_here:
        return running, None
    return running, look_at_process(status["Pid"])
