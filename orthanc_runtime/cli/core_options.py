# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of Orthanc itself, from the sample configuration that it writes."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import Configuration, strip_comments
from orthanc_runtime.cli.orthanc_process import find_orthanc

DEADLINE = 30.0  # seconds

# An option whose default is "not set" stands in a comment: a block of them, or one line. Examples
# of entries, such as a modality, are indented further.
_BLOCK = re.compile(r"^  /\*\*?\s*$(.*?)\*+/", re.DOTALL | re.MULTILINE)
_LINE = re.compile(r'^  // ("\w+"\s*:.*)$', re.MULTILINE)


def core_options() -> Configuration:
    """Every option that the installed Orthanc documents, with its default or an example."""
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder) / "sample.json"
        command = [find_orthanc(), f"--config={sample}"]
        try:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=DEADLINE,
                check=True,
            )
            text = sample.read_text(encoding="utf-8")
        except (OSError, subprocess.SubprocessError) as error:
            raise CommandError(f"{' '.join(command)} writes no sample: {error}") from None
    return read_options(text)


def read_options(sample: str) -> Configuration:
    """The options of a sample configuration, those in comments, too."""
    commented = [match[1] for match in _BLOCK.finditer(sample)] + _LINE.findall(sample)
    options: Configuration = {}
    for text in commented:
        body = strip_comments(text).strip().rstrip(",")
        try:
            options |= json.loads(f"{{{body}}}")
        except ValueError:
            continue  # prose
    options |= json.loads(strip_comments(sample))
    return options
