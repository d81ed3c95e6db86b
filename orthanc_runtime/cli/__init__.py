# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, ``orthanc-runtime``: one module per command.

An expected failure is a :class:`CommandError`: one line on stderr, no traceback. Exit code 1 says
that the work failed, 2 that the command was not understood.
"""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any

import typer

from orthanc_runtime.cli.check import check
from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.config import config
from orthanc_runtime.cli.doctor import doctor
from orthanc_runtime.cli.install import install, uninstall
from orthanc_runtime.cli.load import load
from orthanc_runtime.cli.new import new
from orthanc_runtime.cli.plugin_path import plugin_path
from orthanc_runtime.cli.profile_route import profile
from orthanc_runtime.cli.serve import serve
from orthanc_runtime.cli.status import status
from orthanc_runtime.version import __version__

__all__ = ["app", "main"]

app = typer.Typer(
    name="orthanc-runtime",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def show_version(wanted: bool) -> None:
    if wanted:
        sdk: Any = importlib.import_module("orthanc_runtime.sdk")
        python = sys.version.partition(" ")[0]
        typer.echo(f"orthanc-runtime {__version__}, SDK {sdk.SDK_VERSION}, Python {python}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=show_version, is_eager=True, help="Show versions and exit."
        ),
    ] = False,
) -> None:
    """Write, run, measure and mend scripts of Orthanc Runtime."""


app.command()(check)
app.command()(doctor)
app.command()(install)
app.command()(load)
app.command()(new)
app.command()(profile)
app.command()(serve)
app.command()(status)
app.command()(uninstall)
app.command("plugin-path")(plugin_path)
app.add_typer(config, name="config")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        code = app(arguments, standalone_mode=False)
    except CommandError as error:
        return _report(str(error), 1)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:
        # Errors of usage; the class has another home in each version of typer.
        describe = getattr(error, "format_message", None)
        if describe is None:
            raise
        return _report(str(describe()), getattr(error, "exit_code", 2))
    return code if isinstance(code, int) else 0


def _report(message: str, code: int) -> int:
    if message:
        print(f"orthanc-runtime: {' '.join(message.split())}", file=sys.stderr)
    return code
