# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from contextlib import ExitStack
from pathlib import Path

from benchmarks.contestants import Contestants, describe
from orthanc_runtime.usable_cores import usable_cores


def machine_facts() -> dict[str, str]:
    """Everything that a reader needs to tell two runs apart."""
    return {
        "cores": f"{usable_cores()}, shared by the load client and the servers",
        "cpu": _cpu_model(),
        "kernel": f"{platform.system()} {platform.release()}",
        "load average": f"{os.getloadavg()[0]:.2f} before the run (idle: below 0.5)",
        "client": f"Python {platform.python_version()}, uvloop, keep-alive",
    }


def server_facts() -> dict[str, str]:
    """Starts each plugin once: versions, and an early end where one does not start."""
    facts = {}
    with ExitStack() as stack:
        contestants = Contestants(stack)
        servers = {"ours": contestants.ours(), "reference": contestants.reference()}
        for name, server in servers.items():
            if server is not None:
                about = describe(server)
                facts[name] = (
                    f"{about.get('plugin', 'unknown plugin')}, Python {about['python']}, "
                    f"Orthanc {about['orthanc']}"
                )
    return facts


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
