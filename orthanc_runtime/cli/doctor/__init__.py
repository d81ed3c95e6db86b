# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime doctor``: what is wrong with a configuration, a server, and its machine."""

from __future__ import annotations

import json
import pwd
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from orthanc_runtime.cli.doctor.facts import Facts
from orthanc_runtime.cli.doctor.look_at_configuration import look_at_configuration
from orthanc_runtime.cli.doctor.look_at_machine import look_at_machine, look_at_package
from orthanc_runtime.cli.doctor.look_at_server import look_at_server
from orthanc_runtime.cli.doctor.look_at_unit import look_at_unit
from orthanc_runtime.cli.doctor.rules import examine
from orthanc_runtime.cli.findings_report import print_findings
from orthanc_runtime.cli.running_orthanc import URL, RunningOrthanc
from orthanc_runtime.findings import Level

USUAL_USER = "orthanc"


def doctor(
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=f"A running Orthanc; user and password may stand in it. Default {URL}, unless "
            "there is --config.",
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="orthanc.json, or the folder of several such files. By default that of the "
            "server, where it runs on this machine.",
        ),
    ] = None,
    user: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who runs Orthanc; by default whoever does."),
    ] = None,
    client_timeout: Annotated[
        float | None,
        typer.Option(min=0, metavar="SECONDS", help="How long clients wait for an answer."),
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Do not check the certificate.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look for what makes a configuration or a running server fail, slow, or refuse clients.

    The exit code is 1 where there is an error.
    """
    facts = _facts(url, config, user, client_timeout, insecure)
    findings = examine(facts)
    if as_json:
        looked_at = {
            "url": None if facts.running is None else facts.running.url,
            "config": None if facts.configured is None else str(facts.configured.path),
        }
        shown = [finding.as_dict() for finding in findings]
        typer.echo(json.dumps({**looked_at, "findings": shown}, indent=2))
    else:
        # Names of a configuration are no markup of ours.
        console = Console(markup=False, emoji=False, highlight=False)
        if facts.running is not None:
            console.print(f"server {facts.running.url}", soft_wrap=True)
        if facts.configured is not None:
            console.print(f"configuration {facts.configured.path}", soft_wrap=True)
        print_findings(findings, console)
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


def _facts(
    url: str | None,
    config: Path | None,
    user: str | None,
    client_timeout: float | None,
    insecure: bool,
) -> Facts:
    running, process, local = None, None, True
    if url is not None or config is None:
        with RunningOrthanc(url or URL, insecure) as orthanc:
            running, process = look_at_server(orthanc)
        local = process is not None
        if process is not None:
            config = config or process.configuration
    owner = user or (USUAL_USER if process is None else process.user)
    configured = None
    if config is not None:
        folder = Path.cwd() if process is None else process.folder
        configured = look_at_configuration(config, owner if _known(owner) else "", folder)
    return Facts(
        look_at_package(),
        configured,
        look_at_machine(process) if local else None,
        running,
        None if process is None else look_at_unit(process.pid),
        client_timeout,
    )


def _known(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
