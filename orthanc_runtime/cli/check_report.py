# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script registers, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from orthanc_runtime.cli.findings_report import shortened
from orthanc_runtime.cli.script_check import Report
from orthanc_runtime.role import DEFAULT_POOL

WIDEST = 60


def print_report(report: Report, console: Console) -> None:
    """Callbacks, offloaded functions that are none, and hooks of workers: what it is and where it
    runs, then its name and place. Nothing is wrapped, so that lines can be searched."""
    registrations = report["registrations"]
    console.print(
        f"imported in {report['seconds']:.2f} s, in a worker in "
        f"{report['seconds_in_worker']:.2f} s\n",
        soft_wrap=True,
    )
    entries = [
        (
            f"{entry['registered_by']} {entry['subject']}".rstrip(),
            "Orthanc" if entry["offloaded"] is None else workers(entry["offloaded"]),
            f"{entry['callback']} {shortened(entry['place'])}",
        )
        for entry in registrations
    ]
    places = {entry["place"] for entry in registrations}
    entries += [
        ("offloaded function", workers(entry), f"{entry['name']} {shortened(entry['place'])}")
        for entry in report["functions"]
        if entry["place"] not in places
    ]
    entries += [
        (
            "on_worker_start",
            "all workers" if entry["pool"] is None else f"workers (pool {entry['pool']})",
            f"{entry['name']} {shortened(entry['place'])}",
        )
        for entry in report["start_hooks"]
    ]
    width = min(WIDEST, max((len(what) for what, _, _ in entries), default=0))
    for what, runs_in, where in entries:
        console.print(f"{what:{width}}  {runs_in}", soft_wrap=True)
        console.print(f"  {where}", style="dim", soft_wrap=True)
    if entries:
        console.print()


def workers(limits: Mapping[str, Any]) -> str:
    """``workers (pool large, timeout 60 s)``"""
    parts = []
    if limits["pool"] != DEFAULT_POOL:
        parts.append(f"pool {limits['pool']}")
    if limits["timeout"] is not None:
        parts.append(f"timeout {limits['timeout']:g} s" if limits["timeout"] else "no timeout")
    if limits["concurrency"] > 1:
        parts.append(f"{limits['concurrency']} at once")
    if limits["idempotent"]:
        parts.append("idempotent")
    return f"workers ({', '.join(parts)})" if parts else "workers"
