# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime new``: the beginning of a project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from orthanc_runtime.cli.command_error import CommandError

# The files of a project, with .txt at the end of their names.
TEMPLATES = Path(__file__).parent / "project"
HIDDEN = {"gitignore": ".gitignore"}


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that is empty, or not there yet.")
    ],
) -> None:
    """Make DIR with a script, its orthanc.json, tests, and a Dockerfile."""
    files = project_files(folder.resolve().name)
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise CommandError(f"{folder} is not empty: name another folder")
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {error.filename}: {error.strerror}") from None
    for name in files:
        typer.echo(folder / name)
    typer.echo(f"\n  cd {folder}\n  orthanc-runtime serve script.py --config orthanc.json")
    typer.echo("  python -m pytest   # with pip install 'orthanc-runtime[testing]'")


def project_files(name: str) -> dict[str, str]:
    """Paths within a project of this name, and what stands there."""
    tag = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-") or "orthanc"
    files = {}
    for template in sorted(TEMPLATES.rglob("*.txt")):
        path = str(template.relative_to(TEMPLATES)).removesuffix(".txt")
        # In JSON, and in the text of others, a name may have quotes and the like.
        shown = json.dumps(name)[1:-1] if path.endswith(".json") else name
        text = _without_licence(template.read_text("utf-8"))
        files[HIDDEN.get(path, path)] = text.replace("{{name}}", shown).replace("{{tag}}", tag)
    return files


def _without_licence(text: str) -> str:
    """What grows out of a template has the licence that its author chooses."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if "SPDX-" not in line)
