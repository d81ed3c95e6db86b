# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in ``config/`` for users to start from."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.orthanc_json import read_configuration
from orthanc_runtime.settings_reading import Settings

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).parents[2] / "config"
WATCHDOG = 6  # seconds of a handler that is stuck in Orthanc, after ShutdownTimeout
DOCKER_STOP = 10  # seconds


@pytest.mark.parametrize("name", ["laptop", "server", "container"])
def test_the_examples_are_valid(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "validate", str(CONFIG / f"{name}.json"), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["default"]["Count"] >= 1
    assert printed.err == ""


def shutdown_timeout(name: str) -> float:
    configuration = read_configuration(CONFIG / f"{name}.json")
    return Settings.from_configuration(configuration, cores=4).workers.shutdown_timeout


def test_docker_stop_is_patient_enough() -> None:
    assert shutdown_timeout("container") < DOCKER_STOP


def test_the_drop_in_of_systemd(tmp_path: Path) -> None:
    drop_in = CONFIG / "systemd" / "orthanc-runtime.conf"
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(drop_in)
    found = dict(parser["Service"])
    assert (found["KillMode"], found["OOMPolicy"]) == ("mixed", "continue")
    assert int(found["TimeoutStopSec"]) > shutdown_timeout("server") + WATCHDOG
    if shutil.which("systemd-analyze") is None:
        return
    (tmp_path / "orthanc.service").write_text("[Service]\nExecStart=/bin/true\n")
    folder = tmp_path / "orthanc.service.d"
    folder.mkdir()
    shutil.copy(drop_in, folder)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "orthanc.service"],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
