# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health check of the container image; ``make test-container`` runs it within the image."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from launcher import Launcher

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

HEALTH = Path(__file__).parents[2] / "config" / "container" / "health.py"
SCRIPT = """
import orthanc
from orthanc_runtime import offload

@offload
def answer(output, uri, **request):
    output.AnswerBuffer("here", "text/plain")

orthanc.RegisterRestCallback("/here", answer)
"""


def check(configuration: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(HEALTH), str(configuration)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_health(orthanc: Launcher, tmp_path: Path) -> None:
    configuration = tmp_path / "orthanc.json"
    assert check(configuration)[0] == 1
    users = {"me": "a: pässword"}
    server = orthanc(SCRIPT, config={"AuthenticationEnabled": True, "RegisteredUsers": users})
    port = int(server.url.rpartition(":")[2])
    configuration.write_text(json.dumps({"HttpPort": port, "RegisteredUsers": users}))
    assert check(configuration) == (0, "")
    # A script that authenticates may know other users.
    configuration.write_text(json.dumps({"HttpPort": port}))
    assert check(configuration) == (0, "")
    server.stop()
    code, said = check(configuration)
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("Orthanc does not answer: ")
