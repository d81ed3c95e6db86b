# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime check``: what a script registers, and what of it cannot run in workers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from orthanc_runtime.cli.check_report import print_report
from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.findings_report import print_findings
from orthanc_runtime.cli.orthanc_json import Configuration, read_configurations
from orthanc_runtime.cli.script_check import ImportFailedError, Report, check_script
from orthanc_runtime.errors import SettingsError, StartupError
from orthanc_runtime.findings import Finding, Level
from orthanc_runtime.role import DEFAULT_POOL
from orthanc_runtime.script import check_scripts, name_scripts
from orthanc_runtime.settings_reading import Settings


def check(
    scripts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SCRIPT...", help="By default those of the configuration."),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="orthanc.json, or the folder of several such files."),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds for an import; by default StartupTimeout."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Import SCRIPT as Orthanc and its workers do, without an Orthanc, and say what would fail.

    The exit code is 1 where there is an error.
    """
    configuration = {} if config is None else read_configurations(config)
    try:
        settings = Settings.from_configuration(configuration)
    except SettingsError as error:
        raise CommandError(f"{config}: {error}") from None
    paths = scripts or [Path(path) for path in settings.python.path or ()]
    if not paths:
        raise CommandError("name a script, or a configuration that does by --config")
    try:
        report = check_script(
            plan_of(paths, configuration, settings, config is not None),
            settings.workers.startup_timeout if timeout is None else timeout,
        )
    except ImportFailedError as failed:
        report = {"findings": [failed.finding.as_dict()]}
        if as_json:
            report["output"] = failed.output
        else:
            sys.stderr.write(failed.output)
    if config is None:
        report["findings"] += [finding.as_dict() for finding in _pools_to_configure(report)]
    findings = [Finding.from_dict(finding) for finding in report["findings"]]
    if as_json:
        typer.echo(json.dumps({"scripts": list(map(str, paths)), **report}, indent=2))
    else:
        _print(report, findings)
    if any(finding.level is Level.ERROR for finding in findings):
        raise typer.Exit(1)


def plan_of(
    paths: list[Path], configuration: Configuration, settings: Settings, configured: bool
) -> dict[str, Any]:
    """For :func:`check_script`; ``configured``: the pools are those of the settings."""
    try:
        check_scripts(paths)
    except StartupError as error:
        raise CommandError(str(error).removeprefix("PythonScript: ")) from None
    return {
        "scripts": [
            {"path": str(script.path), "module": script.module} for script in name_scripts(paths)
        ],
        "pools": [pool.name for pool in settings.pools] if configured else None,
        "offload_routes": [
            [route.pattern, route.pool] for route in settings.workers.offload_routes
        ],
        "configuration": json.dumps(configuration),
        "preload": [name for pool in settings.pools for name in pool.workers.preload],
    }


def _pools_to_configure(report: Report) -> list[Finding]:
    users = [*report.get("functions", ()), *report.get("start_hooks", ())]
    names = {user["pool"] for user in users} - {None, DEFAULT_POOL}
    return [
        Finding(
            Level.NOTE,
            f"the pool {name} must be configured",
            "Orthanc does not start with this script otherwise",
            f'add "Pools": {{"{name}": {{"Count": 1}}}} to Python.Workers; '
            "`check --config FILE` looks for it",
        )
        for name in sorted(names)
    ]


def _print(report: Report, findings: list[Finding]) -> None:
    # What scripts have said is no markup of ours.
    console = Console(markup=False, emoji=False, highlight=False)
    if "registrations" in report:
        print_report(report, console)
    print_findings(findings, console)
