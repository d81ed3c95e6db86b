# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime config``: an example, the JSON schema, a check of one's own file."""

from __future__ import annotations

import dataclasses
import enum
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import read_configurations
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.settings import declarations
from orthanc_runtime.settings_files import example, schema
from orthanc_runtime.settings_reading import PoolSettings, Settings

config = typer.Typer(no_args_is_help=True, help="Show and check settings of orthanc.json.")


@config.command("example")
def show_example() -> None:
    """Print a commented orthanc.json with every setting and its default."""
    typer.echo(example(), nl=False)


@config.command("schema")
def show_schema() -> None:
    """Print the JSON schema, for editors."""
    typer.echo(schema(), nl=False)


@config.command()
def validate(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="orthanc.json, or the folder of several such files."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the settings as JSON.")] = False,
) -> None:
    """Check the settings, and print what they come to on this machine.

    The start of Orthanc checks the same, and what needs its user and files, as RunAs.
    """
    configuration = read_configurations(path)
    try:
        settings = Settings.from_configuration(configuration)
    except SettingsError as error:
        raise CommandError(f"{path}: {error}") from None
    for warning in settings.warnings:
        typer.echo(f"warning: {warning}", err=True)
    pools = {pool.name: _effective(pool) for pool in settings.pools}
    if as_json:
        typer.echo(json.dumps(pools, indent=2))
        return
    for name, values in pools.items():
        typer.echo(f"pool {name}")
        for key, value in values.items():
            typer.echo(f"  {key} = {json.dumps(value)}")


def _effective(pool: PoolSettings) -> dict[str, Any]:
    values = {
        declared.key: getattr(pool.workers, name)
        for name, declared in declarations(type(pool.workers)).items()
        if declared.key != "Pools"
    }
    capacity = pool.capacity
    values |= {"Count": capacity.count, "MaximumQueued": capacity.admitted - capacity.count}
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return [_plain(entry) for entry in value] if isinstance(value, tuple | list) else value
