# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the source distribution holds."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from scikit_build_core.build import build_sdist

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]


def test_the_source_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has what is ours, whatever else lies in the folder."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tree = tmp_path / "tree"
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True, timeout=60
    )
    wanted = {Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()}
    for path in wanted:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tree / path)
    for name in ("storage/patient.dcm", "orthanc_runtime/__pycache__/x.pyc", "build/x", "x.dcm"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).touch()
    (tree / "environment").mkdir()
    (tree / "environment" / "python3").symlink_to("/usr/bin/python3")
    monkeypatch.chdir(tree)
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        found = {Path(*Path(name).parts[1:]) for name in archive.getnames()}
    assert found == wanted | {Path("PKG-INFO")}
