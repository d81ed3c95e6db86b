# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime plugin-path``: where the shared library lies."""

from __future__ import annotations

from pathlib import Path

import typer

import orthanc_runtime
from orthanc_runtime.cli.command_error import CommandError

LIBRARY = "libOrthancRuntime.so"


def find_plugin() -> Path:
    """The shared library of this installation.

    An editable install has the Python files in the source tree and the library in site-packages:
    both folders are in ``__path__``.
    """
    folders = [Path(folder) for folder in orthanc_runtime.__path__]
    for folder in folders:
        library = folder / LIBRARY
        if library.is_file():
            return library
    raise CommandError(
        f"{LIBRARY} is not in {' or '.join(str(folder) for folder in folders)}: "
        "build it with 'make build' or 'pip install .'"
    )


def plugin_path() -> None:
    """Print the path of the plugin, for "Plugins" in orthanc.json."""
    typer.echo(find_plugin())
