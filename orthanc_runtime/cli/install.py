# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime install`` and ``uninstall``: the plugin in the folder that Orthanc loads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import read_configurations
from orthanc_runtime.cli.plugin_path import LIBRARY, find_plugin
from orthanc_runtime.cli.readability import obstacle

# Of Debian's package, of a build from source, of the official Docker images.
FOLDERS = (
    Path("/usr/share/orthanc/plugins"),
    Path("/usr/local/share/orthanc/plugins"),
)
REFERENCE = "libOrthancPython.so"
CONFIGURATION = Path("/etc/orthanc")

Folder = Annotated[
    Path | None,
    typer.Option("--folder", metavar="DIR", help='A folder of "Plugins" in orthanc.json.'),
]


def install(
    folder: Folder = None,
    user: Annotated[
        str, typer.Option(metavar="NAME", help="Who runs Orthanc, and must read the plugin.")
    ] = "orthanc",
) -> None:
    """Link the plugin into Orthanc's plugin folder, and print what to add to orthanc.json."""
    target = _folder(folder)
    plugin = find_plugin()
    _refuse_reference(target)
    _check_readable(plugin, user)
    link = target / LIBRARY
    if link.is_symlink() or link.exists():
        if link.resolve() != plugin.resolve():
            raise CommandError(
                f"{link} is another one: remove it, or run 'orthanc-runtime uninstall'"
            )
        typer.echo(f"{link} is there already")
    else:
        try:
            link.symlink_to(plugin.resolve())
        except OSError as error:
            raise CommandError(f"cannot write {link}: {error.strerror}; try it as root") from None
        typer.echo(f"{link} -> {plugin.resolve()}")
    typer.echo("\nIn orthanc.json, or a file beside it in /etc/orthanc, then restart Orthanc:\n")
    if not _is_named(target):
        typer.echo(f'  "Plugins": ["{target}"],')
    typer.echo('  "PythonScript": "/path/to/script.py",')
    typer.echo(f'  "Python": {{ "Workers": {os.cpu_count() or 1} }}')


def uninstall(folder: Folder = None) -> None:
    """Remove the link that ``install`` has made."""
    link = _folder(folder) / LIBRARY
    if not link.is_symlink():
        if link.exists():
            raise CommandError(f"{link} is a file that 'orthanc-runtime install' has not made")
        raise CommandError(f"there is no {link}")
    try:
        link.unlink()
    except OSError as error:
        raise CommandError(f"cannot remove {link}: {error.strerror}; try it as root") from None
    typer.echo(f"{link} is removed; restart Orthanc")


def _folder(folder: Path | None) -> Path:
    if folder is not None:
        if not folder.is_dir():
            raise CommandError(f"there is no folder {folder}")
        return folder
    for candidate in FOLDERS:
        if candidate.is_dir():
            return candidate
    names = " or ".join(str(candidate) for candidate in FOLDERS)
    raise CommandError(f"there is no {names}: name the folder by --folder")


def _is_named(folder: Path) -> bool:
    """Whether the configuration of the service loads this folder already.

    Orthanc refuses an option that stands in two files.
    """
    try:
        plugins = read_configurations(CONFIGURATION).get("Plugins")
    except CommandError:
        return False
    return isinstance(plugins, list) and str(folder) in map(os.path.normpath, plugins)


def _refuse_reference(folder: Path) -> None:
    found = sorted(folder.glob(f"{REFERENCE}*"))
    if found:
        raise CommandError(
            f"{found[0]} is there, too, and one Orthanc can embed Python once: "
            "'apt-get remove orthanc-python', or remove the file"
        )


def _check_readable(plugin: Path, user: str) -> None:
    """Raises CommandError for the first folder on the way that the user cannot enter."""
    try:
        found = obstacle(plugin, user)
    except KeyError:
        raise CommandError(f"there is no user {user}: name Orthanc's by --user") from None
    if found is not None:
        raise CommandError(
            f"{found}: install the package where it can, as in a virtual environment below /opt"
        )
