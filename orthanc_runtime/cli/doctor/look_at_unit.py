# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about the systemd unit that Orthanc runs in."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath

from orthanc_runtime.cli.doctor.facts import Unit

SHOW_TIME = 10.0  # seconds for ``systemctl show``
_PROPERTIES = ("Id", "TimeoutStopUSec", "KillMode", "OOMPolicy")
# systemd.time(7), as ``systemctl show`` writes time spans.
_SECONDS = {
    "us": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "min": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 7 * 86400.0,
    "month": 30.44 * 86400.0,
    "y": 365.25 * 86400.0,
}


def look_at_unit(pid: int, root: Path = Path("/")) -> Unit | None:
    """None where the process is no service of systemd, or systemd does not answer."""
    name = _service(root / f"proc/{pid}/cgroup")
    if name is None or shutil.which("systemctl") is None:
        return None
    command = ["systemctl", "show", name, *(f"--property={key}" for key in _PROPERTIES)]
    try:
        told = subprocess.run(
            command, capture_output=True, text=True, timeout=SHOW_TIME, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    shown = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    stop = seconds_of(shown.get("TimeoutStopUSec", ""))
    if told.returncode != 0 or stop is None:
        return None
    return Unit(shown.get("Id", name), stop, shown.get("KillMode", ""), shown.get("OOMPolicy", ""))


def seconds_of(span: str) -> float | None:
    """``1min 30s`` as 90, ``infinity`` as such; None for what is no time span."""
    if span == "infinity":
        return math.inf
    total = 0.0
    for word in span.split():
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([a-z]+)", word)
        if found is None or found[2] not in _SECONDS:
            # systemd writes a span of nothing as a plain 0.
            return 0.0 if span == "0" else None
        total += float(found[1]) * _SECONDS[found[2]]
    return total if span else None


def _service(cgroup: Path) -> str | None:
    """The system's service of a process, by the control group that systemd has put it into."""
    try:
        lines = cgroup.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        controllers, path = line.split(":", 2)[1:]
        parts = PurePosixPath(path).parts
        # That of the unified hierarchy, or of systemd's own in the older one.
        if controllers in ("", "name=systemd") and parts[1:2] == ("system.slice",):
            services = [part for part in parts if part.endswith(".service")]
            if services:
                return services[-1]
    return None
