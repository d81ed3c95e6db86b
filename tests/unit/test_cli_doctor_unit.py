# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime doctor``: the systemd unit that an Orthanc runs in."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from orthanc_runtime.cli.doctor.facts import Configured, Facts, Package, Unit
from orthanc_runtime.cli.doctor.look_at_unit import look_at_unit, seconds_of
from orthanc_runtime.cli.doctor.unit_rules import (
    STUCK_HANDLER,
    unit_survives_its_workers,
    unit_waits_for_requests,
)
from orthanc_runtime.settings_reading import Settings

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
DROP_IN = ROOT / "config" / "systemd" / "orthanc-runtime.conf"
# Answers as systemd 252 does for Debian's orthanc.service with the first two lines of the drop-in.
SYSTEMCTL = """#!/bin/sh
[ "$1 $2" = "show orthanc.service" ] || exit 1
printf 'Id=orthanc.service\\nTimeoutStopUSec=10min\\nKillMode=mixed\\nOOMPolicy=continue\\n'
"""


def process(root: Path, cgroup: str) -> Path:
    (root / "proc/7").mkdir(parents=True)
    (root / "proc/7/cgroup").write_text(cgroup)
    return root


def path_with(folder: Path, monkeypatch: pytest.MonkeyPatch, systemctl: str) -> None:
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(systemctl)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.mark.parametrize(
    "cgroup",
    [
        "0::/system.slice/orthanc.service\n",
        "0::/system.slice/orthanc.service/workers\n",
        "4:memory:/system.slice/orthanc.service\n1:name=systemd:/system.slice/orthanc.service\n",
    ],
)
def test_a_service(cgroup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch, SYSTEMCTL)
    found = look_at_unit(7, process(tmp_path, cgroup))
    assert found == Unit("orthanc.service", 600.0, "mixed", "continue")


@pytest.mark.parametrize(
    "cgroup",
    [
        "0::/user.slice/user-1000.slice/user@1000.service/app.slice/terminal.scope\n",
        "0::/system.slice/docker-0123.scope\n",
        "0::/\n",
    ],
)
def test_no_service(cgroup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(tmp_path / "bin", monkeypatch, SYSTEMCTL)
    assert look_at_unit(7, process(tmp_path, cgroup)) is None


def test_systemd_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path_with(
        tmp_path / "bin", monkeypatch, "#!/bin/sh\necho 'not booted with systemd' >&2; exit 1"
    )
    assert look_at_unit(7, process(tmp_path, "0::/system.slice/orthanc.service\n")) is None
    assert look_at_unit(8, tmp_path) is None


@pytest.mark.parametrize(
    ("span", "seconds"),
    [
        ("1min 30s", 90.0),
        ("10min", 600.0),
        ("500ms", 0.5),
        ("1h 1.500s", 3601.5),
        ("0", 0.0),
        ("infinity", math.inf),
        ("", None),
        ("soon", None),
    ],
)
def test_time_spans(span: str, seconds: float | None) -> None:
    assert seconds_of(span) == seconds


def test_the_rule_knows_the_time_of_stuck_handlers() -> None:
    runtime = (ROOT / "core_plugin" / "src" / "runtime.cpp").read_text()
    found = re.search(r"kAfterDrain = (\d+);", runtime)
    assert found is not None
    assert float(found[1]) == STUCK_HANDLER


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_the_drop_in_is_right(tmp_path: Path) -> None:
    """And the doctor would say nothing about a unit with it."""
    unit = tmp_path / "orthanc.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    folder = tmp_path / "orthanc.service.d"
    folder.mkdir()
    shutil.copy(DROP_IN, folder)
    command = ["systemd-analyze", "--man=no", "--recursive-errors=no", "verify", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = dict(line.split("=") for line in DROP_IN.read_text().splitlines() if "=" in line)
    kept = Unit("", float(lines["TimeoutStopSec"]), lines["KillMode"], lines["OOMPolicy"])
    settings = Settings.from_configuration({}, cores=2)
    configured = Configured(Path("orthanc.json"), {}, settings)
    facts = Facts(Package("", "3.11", (1, 10, 1), None), configured, unit=kept)
    assert list(unit_waits_for_requests(facts)) == []
    assert list(unit_survives_its_workers(facts)) == []
