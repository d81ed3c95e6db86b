# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the systemd unit of Orthanc; config/systemd has the drop-in that they ask for."""

from __future__ import annotations

import math
from collections.abc import Iterator

from orthanc_runtime.cli.doctor.facts import Facts
from orthanc_runtime.findings import Finding, Level

# After ShutdownTimeout, as in runtime.cpp: a handler that is stuck in Orthanc is ended.
STUCK_HANDLER = 6.0
CLOSING = 10.0  # seconds for Orthanc to close its database and its plugins


def unit_waits_for_requests(facts: Facts) -> Iterator[Finding]:
    unit, configured = facts.unit, facts.configured
    if unit is None or configured is None or configured.settings is None:
        return
    shutdown = configured.settings.workers.shutdown_timeout
    needed = math.ceil(shutdown + STUCK_HANDLER + CLOSING)
    if unit.stop_seconds < needed:
        yield Finding(
            Level.WARNING,
            f"{unit.name} is killed after {unit.stop_seconds:g} s (TimeoutStopSec), "
            f"ShutdownTimeout is {shutdown:g} s",
            "systemd kills Orthanc while requests end, stuck handlers are ended, or the database "
            "is closed",
            f"set TimeoutStopSec to {needed} or more (`systemctl edit {unit.name}`), or lower "
            "Python.Workers.ShutdownTimeout",
            "Python.Workers.ShutdownTimeout",
        )


def unit_survives_its_workers(facts: Facts) -> Iterator[Finding]:
    unit = facts.unit
    if unit is None:
        return
    if unit.oom_policy in ("stop", "kill"):
        yield Finding(
            Level.WARNING,
            f"OOMPolicy of {unit.name} is {unit.oom_policy}",
            "systemd stops Orthanc when the kernel ends one worker for want of memory",
            f"set OOMPolicy=continue (`systemctl edit {unit.name}`)",
        )
    if unit.kill_mode in ("process", "none"):
        yield Finding(
            Level.WARNING,
            f"KillMode of {unit.name} is {unit.kill_mode}",
            "programs that handlers have started outlive Orthanc, and the next one starts "
            "beside them",
            f"set KillMode=mixed (`systemctl edit {unit.name}`)",
        )
    if unit.kill_mode == "control-group":
        yield Finding(
            Level.NOTE,
            f"KillMode of {unit.name} is control-group",
            "systemd tells programs that handlers have started to end as soon as Orthanc stops, "
            "not after the requests that use them",
            f"set KillMode=mixed (`systemctl edit {unit.name}`)",
        )
