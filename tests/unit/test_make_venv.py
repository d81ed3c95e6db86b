# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Pythons ``scripts/make_venv.sh`` refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_venv.sh"

PRETENDING = """\
#!/bin/sh
exec {python} -c 'import sys; sys.version_info = {version}; exec(sys.argv[1])' "$2"
"""


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ((3, 10, 12), "is too old: Python 3.11 or newer is needed"),
        ((3, 14, 0), "is Python 3.14.0, which cannot be told the bounds of a C stack: 3.14.1"),
    ],
)
def test_a_python_that_cannot_serve(
    tmp_path: Path, version: tuple[int, int, int], reason: str
) -> None:
    python = tmp_path / "python"
    python.write_text(PRETENDING.format(python=sys.executable, version=version))
    python.chmod(0o755)
    done = subprocess.run(
        ["sh", SCRIPT, python],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, reason in done.stderr) == (1, True), done.stderr
    assert not (tmp_path / ".venv").exists()
