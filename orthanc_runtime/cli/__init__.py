# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line, ``orthanc-runtime``: one module per command.

An expected failure is a :class:`CommandError`: one line on stderr, no traceback. Exit code 1 says
that the work failed, 2 that the command was not understood.
"""

from __future__ import annotations

import sys

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

__all__ = ["app", "main"]

app = typer.Typer(
    name="orthanc-runtime",
    help="Run, measure and locate the Orthanc Runtime plugin.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
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
