# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime install`` and ``uninstall``."""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

import pytest

import orthanc_runtime
from orthanc_runtime.cli import main
from orthanc_runtime.cli.plugin_path import LIBRARY

pytestmark = pytest.mark.unit

Captured = pytest.CaptureFixture[str]
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "package"
    package.mkdir()
    (package / LIBRARY).touch()
    monkeypatch.setattr(orthanc_runtime, "__path__", [str(package), *orthanc_runtime.__path__])
    return package / LIBRARY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plugins"
    folder.mkdir()
    return folder


def run(command: str, folder: Path, user: str = ME) -> int:
    options = ["--user", user] if command == "install" else []
    return main([command, "--folder", str(folder), *options])


def test_there_and_back(plugin: Path, folder: Path, capsys: Captured) -> None:
    assert run("install", folder) == 0
    assert (folder / LIBRARY).resolve() == plugin.resolve()
    printed = capsys.readouterr().out
    assert f'"Plugins": ["{folder}"]' in printed
    assert '"PythonScript"' in printed
    assert run("install", folder) == 0
    assert "is there already" in capsys.readouterr().out
    assert run("uninstall", folder) == 0
    assert list(folder.iterdir()) == []
    assert plugin.exists()
    assert run("uninstall", folder) == 1
    assert "there is no" in capsys.readouterr().err


@pytest.mark.usefixtures("plugin")
def test_what_the_configuration_has_is_not_asked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    """Orthanc refuses an option that stands in two files."""
    configuration = tmp_path / "etc"
    configuration.mkdir()
    (configuration / "orthanc.json").write_text(f'{{"Plugins": ["{folder}/"]}}')
    monkeypatch.setattr(sys.modules["orthanc_runtime.cli.install"], "CONFIGURATION", configuration)
    assert run("install", folder) == 0
    printed = capsys.readouterr().out
    assert "Plugins" not in printed
    assert '"PythonScript"' in printed


@pytest.mark.usefixtures("plugin")
def test_what_is_there_stays(folder: Path, capsys: Captured) -> None:
    (folder / LIBRARY).write_text("another one")
    for command in ("install", "uninstall"):
        assert run(command, folder) == 1
        assert LIBRARY in capsys.readouterr().err
    assert (folder / LIBRARY).read_text() == "another one"


@pytest.mark.usefixtures("plugin")
def test_the_other_plugin(folder: Path, capsys: Captured) -> None:
    (folder / "libOrthancPython.so.4.0").touch()
    assert run("install", folder) == 1
    assert "apt-get remove orthanc-python" in capsys.readouterr().err
    assert not (folder / LIBRARY).exists()


@pytest.mark.usefixtures("plugin")
def test_no_folder_and_no_user(tmp_path: Path, folder: Path, capsys: Captured) -> None:
    assert run("install", tmp_path / "none") == 1
    assert "there is no folder" in capsys.readouterr().err
    assert run("install", folder, user="no-such-user") == 1
    assert "there is no user no-such-user" in capsys.readouterr().err


def test_a_folder_that_orthanc_cannot_enter(plugin: Path, folder: Path, capsys: Captured) -> None:
    plugin.parent.chmod(0o700)
    assert run("install", folder, user="nobody") == 1
    error = capsys.readouterr().err
    assert "the user nobody cannot enter" in error
    assert error.count("\n") == 1
