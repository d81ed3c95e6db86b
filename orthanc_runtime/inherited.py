# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process that this thread starts gets from it."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Of /proc/[pid]/status, see proc(5).
STATUS = (
    *("Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "NoNewPrivs", "Seccomp"),
    *("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "Cpus_allowed", "Mems_allowed"),
)


def inherited(without: Sequence[str] = ()) -> dict[str, object]:
    """Values to compare, by the names that an operator knows them by; of ``sys.path`` what is not
    in ``without``."""
    status = dict(
        line.partition(":")[::2]
        for line in Path("/proc/thread-self/status").read_text().splitlines()
    )
    return {
        "the environment": dict(os.environ),
        "sys.path": [entry for entry in sys.path if entry not in without],
        "sys.executable": sys.executable,
        "the working folder": str(Path("/proc/thread-self/cwd").readlink()),
        "the temporary folder": tempfile.gettempdir(),
        "resource limits": Path("/proc/thread-self/limits").read_text(),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        **{name: status.get(name) for name in STATUS},
    }
