# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime config``: an example, the JSON schema, a check, a file for containers."""

from __future__ import annotations

import dataclasses
import enum
import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.core_options import core_options
from orthanc_runtime.cli.environment import with_environment
from orthanc_runtime.cli.orthanc_json import merge, read_configurations
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.settings import declarations
from orthanc_runtime.settings_files import example, schema
from orthanc_runtime.settings_reading import PoolSettings, Settings
from orthanc_runtime.worker_user import look_up

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

    The start of Orthanc checks the same, and what needs its own user and files.
    """
    settings = _settings(_joined([path]), str(path))
    run_as = settings.workers.run_as
    if run_as is not None:
        try:
            look_up(run_as)
        except SettingsError as error:
            raise CommandError(f"{path}: {error}") from None
    pools = {pool.name: _effective(pool) for pool in settings.pools}
    if as_json:
        typer.echo(json.dumps(pools, indent=2))
        return
    for name, values in pools.items():
        typer.echo(f"pool {name}")
        for key, value in values.items():
            typer.echo(f"  {key} = {json.dumps(value)}")


@config.command("from-env")
def from_env(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files or folders of files, the last one wins."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write there, readable by this user only."),
    ] = None,
) -> None:
    """Join configuration files and the variables ORTHANC__SECTION__KEY, for containers.

    ORTHANC__PYTHON__WORKERS__COUNT=4 sets Count in the section Workers of Python. Numbers, true and
    false are read as such, lists and objects as JSON. A name that is no option is refused.
    """
    joined = with_environment(_joined(paths or []), os.environ, core_options())
    _settings(joined, "files and environment")
    text = json.dumps(joined, indent=2) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        # It may hold passwords.
        with open(output, "w", encoding="utf-8", opener=_for_this_user) as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"cannot write {output}: {error.strerror}") from None


def _for_this_user(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _joined(paths: list[Path]) -> dict[str, Any]:
    configuration: dict[str, Any] = {}
    for path in paths:
        configuration = merge(configuration, read_configurations(path))
    return configuration


def _settings(configuration: dict[str, Any], source: str) -> Settings:
    try:
        settings = Settings.from_configuration(configuration)
    except SettingsError as error:
        raise CommandError(f"{source}: {error}") from None
    for warning in settings.warnings:
        typer.echo(f"warning: {warning}", err=True)
    return settings


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
