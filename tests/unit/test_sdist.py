# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the source distribution holds."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest
from scikit_build_core.build import build_sdist

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
WANTED = {
    "CMakeLists.txt",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "PKG-INFO",
    "README.md",
    "pyproject.toml",
    "core_plugin",
    "config",
    "docs",
    "orthanc_runtime",
    "samples",
    "scripts",
    "tests",
    "workers",
}


def test_the_source_distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    monkeypatch.chdir(ROOT)
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        names = [Path(name).parts[1:] for name in archive.getnames()]
    top = {parts[0] for parts in names if parts}
    assert top >= WANTED
    assert not top & {".git", ".venv", "build", "dist", "run", "site", ".mypy_cache"}
    assert not [parts for parts in names if "__pycache__" in parts]
