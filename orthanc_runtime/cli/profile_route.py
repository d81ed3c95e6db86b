# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime profile``: where a handler spends its time, as a flame graph."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.http_target import read_body
from orthanc_runtime.cli.local_orthanc import look_at_process
from orthanc_runtime.cli.py_spy import FORMATS, find_py_spy, recording
from orthanc_runtime.cli.running_orthanc import URL, RunningOrthanc

# Sent first: who serves them will serve the others, since idle workers are leased last in, first
# out.
TRIALS = 3
OWN_SHARE = 0.9


def profile(
    route: Annotated[
        str, typer.Argument(metavar="ROUTE", help="The path of a request: /computation?size=3")
    ],
    url: Annotated[
        str, typer.Option(metavar="URL", help="Orthanc; user and password may stand in it.")
    ] = URL,
    seconds: Annotated[int, typer.Option(min=1, help="How long to record.")] = 10,
    output: Annotated[
        Path,
        typer.Option(metavar="F", help=".svg: a flame graph. .json: for speedscope.app."),
    ] = Path("profile.svg"),
    body: Annotated[
        Path | None, typer.Option(metavar="FILE", help="POST this, in place of a GET.")
    ] = None,
    rate: Annotated[int, typer.Option(min=1, max=1000, help="Samples per second.")] = 100,
    wall: Annotated[
        bool, typer.Option("--wall", help="Record waiting, too: for I/O, rest, a database.")
    ] = False,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Do not check the certificate.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Ask ROUTE one time after the other, and record what the worker that serves it does.

    For a handler that is not offloaded Orthanc itself is recorded. Works on the machine of Orthanc,
    for those who may look into its processes.
    """
    if not route.startswith("/"):
        raise CommandError(f"ROUTE begins with a slash, as in /computation; not {route}")
    if output.suffix not in FORMATS:
        raise CommandError(f"--output ends in {' or '.join(FORMATS)}, not {output}")
    find_py_spy()
    data = None if body is None else read_body(body)
    with RunningOrthanc(url, insecure) as orthanc:
        before = orthanc.status()
        if not orthanc.is_here or look_at_process(before["Pid"]) is None:
            raise CommandError(f"{orthanc.shown} is not on this machine: run this where it is")
        for _ in range(TRIALS):
            _ask(orthanc, route, data)
        pid, who = _serving(before, orthanc.status())
        asked: Counter[int] = Counter()
        before = orthanc.status()
        began = time.monotonic()
        with recording(pid, seconds, output, rate, wall) as py_spy:
            while py_spy.poll() is None:
                asked[_ask(orthanc, route, data)] += 1
        after = orthanc.status()
    _tell(output, who, asked, time.monotonic() - began, as_json)
    served = _tasks(after).get(pid, 0) - _tasks(before).get(pid, 0)
    if pid != after["Pid"] and served < OWN_SHARE * asked.total():
        typer.echo(
            f"warning: this worker has served {served} of these requests, as others had requests, "
            "too: profile an idle Orthanc, or one with one worker",
            err=True,
        )


def _ask(orthanc: RunningOrthanc, route: str, data: bytes | None) -> int:
    status = orthanc.request("GET" if data is None else "POST", route, data).status_code
    if status == 404:
        raise CommandError(f"{orthanc.shown} has no route {route}")
    return status


def _serving(before: dict[str, Any], after: dict[str, Any]) -> tuple[int, str]:
    """Pid and name of what has served most meanwhile."""
    former = _tasks(before)
    gained = {pid: count - former.get(pid, 0) for pid, count in _tasks(after).items()}
    pid = max(gained, key=lambda pid: gained[pid], default=0)
    if gained.get(pid, 0) <= 0:
        return after["Pid"], "Orthanc itself, as no worker serves this route"
    for pool in after["Pools"]:
        for worker in pool["Workers"]:
            if worker["Pid"] == pid:
                return pid, f"worker {worker['Index']} of pool {pool['Name']}"
    raise AssertionError(pid)


def _tasks(status: dict[str, Any]) -> dict[int, int]:
    """Ended tasks by the pid of their worker."""
    return {
        worker["Pid"]: worker["Tasks"] for pool in status["Pools"] for worker in pool["Workers"]
    }


def _tell(output: Path, who: str, asked: Counter[int], seconds: float, as_json: bool) -> None:
    if as_json:
        counts = {str(status): count for status, count in sorted(asked.items())}
        shown = {"file": str(output), "process": who, "seconds": seconds, "answers": counts}
        typer.echo(json.dumps(shown, indent=2))
        return
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(asked.items()))
    typer.echo(f"{output}: {who}, {answers} in {seconds:.1f} s")
