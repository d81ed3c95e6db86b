# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings on a terminal."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from orthanc_runtime.findings import Finding, Level

STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan"}


def print_findings(findings: Sequence[Finding], console: Console) -> None:
    """What is worst comes first, and at last how many there are."""
    for level in Level:
        for finding in findings:
            if finding.level is level:
                print_finding(finding, console)
    counts = Counter(finding.level for finding in findings)
    said = ", ".join(
        f"{counts[level]} {level.value}{'s' * (counts[level] != 1)}"
        for level in Level
        if counts[level]
    )
    console.print(said or "nothing found")


def print_finding(finding: Finding, console: Console) -> None:
    """Its lines are not wrapped, so that they can be searched and copied."""
    line = Text(finding.level.value, STYLES[finding.level]).append(": ", "none")
    place = f"{shortened(finding.place)}: " if finding.place else ""
    line.append(f"{place}{finding.what}", "none")
    console.print(line, soft_wrap=True)
    if finding.why:
        console.print(f"  why: {finding.why}", soft_wrap=True)
    if finding.remedy:
        console.print(f"  remedy: {finding.remedy}", soft_wrap=True)


def shortened(place: str) -> str:
    """A path below the current folder from there on."""
    return place.removeprefix(f"{Path.cwd()}{os.sep}")
