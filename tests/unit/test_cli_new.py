# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime new``: the files of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.orthanc_json import read_configuration

pytestmark = pytest.mark.unit


def test_files_of_a_project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / 'My "Project"'
    assert main(["new", str(folder)]) == 0
    assert f"{folder / 'script.py'}\n" in capsys.readouterr().out
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert names == {
        ".gitignore",
        "Dockerfile",
        "README.md",
        "orthanc.json",
        "script.py",
        "tests/test_script.py",
    }
    assert read_configuration(folder / "orthanc.json")["Name"] == 'My "Project"'
    for name in names:
        text = (folder / name).read_text()
        assert "{{" not in text
        assert "SPDX" not in text
    assert "docker build -t my-project ." in (folder / "Dockerfile").read_text()


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text("mine")
    assert main(["new", str(tmp_path)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["new", str(tmp_path / "file" / "project")]) == 1
    error = capsys.readouterr().err
    assert "cannot write" in error
    assert error.count("\n") == 1
