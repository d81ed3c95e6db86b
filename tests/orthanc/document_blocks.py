# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a page tells its reader to do: files to write, and commands to type."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PART = re.compile(
    r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$|^#+ (.+?)$', re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class FileBlock:
    """A block with a title: the content of a file of that name."""

    name: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command of a ``sh`` block, perhaps of several lines."""

    text: str


def steps(page: Path) -> list[FileBlock | Command]:
    """The blocks of a page in their order."""
    return [step for found in sections(page).values() for step in found]


def sections(page: Path) -> dict[str, list[FileBlock | Command]]:
    """The same by headings, each without what is below a smaller one."""
    found: list[FileBlock | Command] = []
    named = {"": found}
    for language, title, text, heading in _PART.findall(page.read_text("utf-8")):
        if heading:
            assert heading not in named, f"{page.name} has two headings {heading!r}"
            found = named[heading] = []
        elif title:
            found.append(FileBlock(title, text))
        elif language == "sh":
            found += [Command(command) for command in _commands(text)]
    return named


def _commands(text: str) -> list[str]:
    commands, lines = [], []
    for line in text.splitlines():
        lines.append(line)
        command = "\n".join(lines)
        if not line.endswith("\\") and _is_whole(command):
            commands.append(command)
            lines = []
    assert not lines, f"no end: {lines}"
    return [command for command in commands if command.split("#")[0].strip()]


def _is_whole(command: str) -> bool:
    return subprocess.run(["bash", "-n", "-c", command], capture_output=True).returncode == 0
