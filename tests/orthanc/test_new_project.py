# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A project made by ``orthanc-runtime new`` works as it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from orthanc_runtime.cli import main

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

TIME = 100.0  # seconds


def test_a_project_as_it_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "project"
    assert main(["new", str(project)]) == 0
    arguments = [str(project / "script.py"), "--config", str(project / "orthanc.json")]
    assert main(["check", *arguments]) == 0
    assert capsys.readouterr().out.endswith("nothing found\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=TIME,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
