# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtual environment that the master interpreter and the workers run in."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import json, ssl, sys, ctypes, numpy
import orthanc
from orthanc_runtime import offload

def facts():
    return json.dumps([sys.prefix, sys.executable, sys.version_info[:2]])

def in_master(output, uri, **request):
    output.AnswerBuffer(facts(), "application/json")

@offload
def in_a_worker(output, uri, **request):
    output.AnswerBuffer(facts(), "application/json")

orthanc.RegisterRestCallback("/master", in_master)
orthanc.RegisterRestCallback("/worker", in_a_worker)
"""


def create_environment(python: str, folder: Path) -> Path:
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    return folder


def other_python() -> str | None:
    """An interpreter of another version, from pyenv."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}."
    for folder in sorted(Path.home().glob(".pyenv/versions/3.1*")):
        if not folder.name.startswith(ours) and (folder / "bin" / "python3").exists():
            return str(folder / "bin" / "python3")
    return None


def test_environment_of_the_plugin_is_the_default(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    for where in ["/master", "/worker"]:
        prefix, executable, version = server.get(where).json()
        assert Path(prefix).resolve() == Path(sys.prefix).resolve()
        assert Path(executable).parent == Path(prefix) / "bin"
        assert version == list(sys.version_info[:2])


def test_another_environment_of_the_same_version(orthanc: Any, tmp_path: Path) -> None:
    base = str(Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}")
    environment = create_environment(base, tmp_path / "own")
    packages = environment / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    shared = sysconfig.get_path("purelib")
    (packages / "shared.pth").write_text(f"import site; site.addsitedir({shared!r})\n")
    (packages / "only_here.py").write_text("WORD = 'found'\n")
    server = orthanc(
        "import only_here\n" + SCRIPT,
        config={"Python": {"VirtualEnv": str(environment), "Workers": 1}},
    )
    for where in ["/master", "/worker"]:
        prefix, executable, _ = server.get(where).json()
        assert prefix == str(environment)
        assert Path(executable).parent == environment / "bin"


def test_environment_that_does_not_exist(orthanc: Any, tmp_path: Path) -> None:
    folder = str(tmp_path / "nowhere")
    assert folder in orthanc(SCRIPT, config={"Python": {"VirtualEnv": folder}}, starts=False).log


def test_folder_that_is_no_environment(orthanc: Any, tmp_path: Path) -> None:
    folder = str(tmp_path)
    assert folder in orthanc(SCRIPT, config={"Python": {"VirtualEnv": folder}}, starts=False).log


def test_environment_of_another_python(orthanc: Any, tmp_path: Path) -> None:
    python = other_python()
    if python is None:
        pytest.skip("no other Python in ~/.pyenv/versions")
    environment = create_environment(python, tmp_path / "other")
    server = orthanc(SCRIPT, config={"Python": {"VirtualEnv": str(environment)}}, starts=False)
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    for word in [str(environment), version, f"3.{sys.version_info.minor}"]:
        assert word in server.log
