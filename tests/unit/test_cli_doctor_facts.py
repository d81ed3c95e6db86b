# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime doctor`` on a configuration: the facts that it finds."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.doctor.facts import PluginKind
from orthanc_runtime.cli.doctor.look_at_configuration import look_at_configuration
from orthanc_runtime.cli.doctor.look_at_machine import look_at_machine
from orthanc_runtime.cli.local_orthanc import look_at_process
from orthanc_runtime.cli.plugin_path import LIBRARY

pytestmark = pytest.mark.unit

USER = pwd.getpwuid(os.getuid()).pw_name


def configuration(folder: Path, **keys: Any) -> Path:
    path = folder / "orthanc.json"
    path.write_text(json.dumps(keys))
    return path


def environment(folder: Path, version: str) -> Path:
    """A virtual environment with our plugin."""
    package = folder / "lib" / f"python{version}" / "site-packages" / "orthanc_runtime"
    package.mkdir(parents=True)
    (folder / "pyvenv.cfg").touch()
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").touch()
    library = package / LIBRARY
    library.write_bytes(f"\x7fELF libpython{version}.so.1.0".encode())
    return library


def test_files_of_a_configuration(tmp_path: Path) -> None:
    library = environment(tmp_path / "venv", "3.12")
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "libOrthancPython.so.4.0").touch()
    (folder / "notes.txt").touch()
    path = configuration(
        tmp_path,
        Plugins=[str(folder), str(library), "gone.so"],
        PythonScript="gone.py",
        Python={"Workers": 2},
    )
    found = look_at_configuration(path, USER, tmp_path)
    assert [(plugin.kind, plugin.python) for plugin in found.plugins] == [
        (PluginKind.REFERENCE, ""),
        (PluginKind.OURS, "3.12"),
    ]
    assert found.absent == (
        ("Plugins", tmp_path / "gone.so"),
        ("PythonScript", tmp_path / "gone.py"),
    )
    assert found.environment is not None
    assert (found.environment.path, found.environment.pythons) == (tmp_path / "venv", ("3.12",))
    assert found.workers == 2


def test_an_environment_that_is_configured(tmp_path: Path) -> None:
    environment(tmp_path / "venv", "3.9")
    path = configuration(tmp_path, Python={"VirtualEnv": "venv"})
    found = look_at_configuration(path, USER, tmp_path).environment
    assert found is not None
    assert (found.key, found.pythons) == ("Python.VirtualEnv", ("3.9",))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can look into folders of others")
def test_what_the_user_of_orthanc_cannot_read(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.touch(mode=0o600)
    path = configuration(tmp_path, PythonScript=str(script))
    ((key, obstacle),) = look_at_configuration(path, "nobody", tmp_path).obstacles
    assert key == "PythonScript"
    assert obstacle.startswith("the user nobody cannot ")


def test_settings_that_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = configuration(tmp_path, Python={"Workers": "many"})
    assert main(["doctor", "--config", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["config"] == str(path)
    assert found["url"] is None
    whats = [finding["what"] for finding in found["findings"] if finding["level"] == "error"]
    assert any("Python.Workers" in what and "many" in what for what in whats)


def test_findings_are_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = configuration(tmp_path, TcpNoDelay=False, Plugins=[])
    assert main(["doctor", "--config", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"configuration {path}"
    at = lines.index("warning: TcpNoDelay: TcpNoDelay is false")
    assert lines[at + 1].startswith("  why: ")
    assert lines[at + 2] == '  remedy: set "TcpNoDelay" to true'


def test_this_machine() -> None:
    found = look_at_machine()
    assert found.cores >= 1
    assert found.memory > 0
    assert found.swap_used <= found.swap
    assert found.open_files > 0


def test_a_container(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 1000 kB\nSwapTotal: 10 kB\nSwapFree: 4 kB\n")
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/memory.max").write_text("512000\n")
    found = look_at_machine(root=tmp_path)
    assert (found.memory, found.swap, found.swap_used) == (512000, 10240, 6144)
    assert found.shared_memory is None


def test_a_process_that_is_no_orthanc() -> None:
    assert look_at_process(os.getpid()) is None
