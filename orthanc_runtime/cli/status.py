# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime status``: what the workers do, from a running Orthanc."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.running_orthanc import URL, RunningOrthanc

MEGABYTE = 1024 * 1024
FAILURES_SHOWN = 5


def status(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Orthanc; user and password may stand in it.")
    ] = URL,
    watch: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="SECONDS", help="Ask again and again, until Ctrl-C."),
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Do not check the certificate.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the status as JSON.")] = False,
) -> None:
    """Show pools and workers: what each runs, queue, counters, last failures."""
    with RunningOrthanc(url, insecure) as orthanc:
        found = orthanc.status()
        # What handlers have said is no markup of ours.
        console = Console(markup=False, emoji=False)
        if watch is None and as_json:
            typer.echo(json.dumps(found, indent=2))
        elif watch is None:
            console.print(render(found))
        elif as_json:
            while True:
                typer.echo(json.dumps(found))
                time.sleep(watch)
                found = orthanc.status()
        else:
            _watch(orthanc, found, watch, console)


def _watch(orthanc: RunningOrthanc, found: dict[str, Any], period: float, console: Console) -> None:
    """Also while Orthanc is restarted: then the last status stays, with the reason."""
    with Live(render(found), console=console, screen=console.is_terminal) as live:
        taken = time.monotonic()
        while True:
            time.sleep(period)
            try:
                now = orthanc.status()
            except CommandError as error:
                live.update(Group(render(found), f"{error}; asking again"), refresh=True)
                continue
            seconds = time.monotonic() - taken
            live.update(render(now, rates(found, now, seconds)), refresh=True)
            found, taken = now, time.monotonic()


def rates(before: dict[str, Any], now: dict[str, Any], seconds: float) -> dict[str, str]:
    """By pool: tasks per second between two answers of one Orthanc, and how long they took."""
    if before["Pid"] != now["Pid"]:
        return {}
    told = {}
    former = {pool["Name"]: pool["Durations"] for pool in before["Pools"]}
    for pool in now["Pools"]:
        old, new = former.get(pool["Name"]), pool["Durations"]
        count = new["Count"] - (old or new)["Count"]
        if old is not None and count > 0:
            mean = (new["TotalSeconds"] - old["TotalSeconds"]) / count * 1000
            told[pool["Name"]] = f"{count / seconds:.1f} tasks/s, {mean:.3g} ms each"
        else:
            told[pool["Name"]] = "no task meanwhile"
    return told


def render(found: dict[str, Any], speeds: Mapping[str, str] | None = None) -> RenderableType:
    """Tables for a terminal; ``speeds`` as of :func:`rates`."""
    memory = found["Memory"] // MEGABYTE
    parts: list[RenderableType] = [
        f"Orthanc {found['OrthancVersion']}, runtime {found['Version']}, Python "
        f"{found['PythonVersion']}, pid {found['Pid']}, {memory} MB"
    ]
    if not found["Offloading"]:
        parts.append(found["Message"])
    for pool in found["Pools"]:
        speed = (speeds or {}).get(pool["Name"])
        parts += [_workers(pool), _counts(pool), *([speed] if speed else []), *_failures(pool)]
    return Group(*parts)


def _workers(pool: dict[str, Any]) -> Table:
    state = f"broken: {pool['Broken']}" if pool.get("Broken") else pool["State"]
    table = Table(title=f"pool {pool['Name']}: {state}", title_justify="left")
    for name in ("worker", "pid", "tasks", "MB"):
        table.add_column(name, justify="right")
    for name in ("state", "runs"):
        table.add_column(name)
    for worker in pool["Workers"]:
        runs = ", ".join(f"{task['What']} ({task['Age']:.1f} s)" for task in worker["Running"])
        numbers = (worker["Index"], worker["Pid"], worker["Tasks"], worker["Memory"] // MEGABYTE)
        table.add_row(*map(str, numbers), worker["State"], runs)
    return table


def _counts(pool: dict[str, Any]) -> str:
    queue = pool["Queue"]
    outcomes = ", ".join(f"{count} {name}" for name, count in pool["Tasks"].items() if count)
    return (
        f"{queue['Waiting']} waiting, {queue['Admitted']} of {queue['MaximumAdmitted']} admitted; "
        f"tasks: {outcomes or 'none yet'}"
    )


def _failures(pool: dict[str, Any]) -> list[RenderableType]:
    last = pool["LastFailures"][:FAILURES_SHOWN]
    return [
        f"{failure['Time']} {failure['What']} {failure['Outcome']} {failure.get('Reason', '')}"
        for failure in last
    ]
