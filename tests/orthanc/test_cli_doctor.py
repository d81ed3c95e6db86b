# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime doctor`` of a running Orthanc."""

from __future__ import annotations

import json

import pytest
from launcher import Launcher

from orthanc_runtime.cli import main
from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import os
import orthanc
from orthanc_runtime import offload

@offload
def on_die(output, uri, **request):
    os._exit(3)

orthanc.RegisterRestCallback("/die", on_die)
"""

Captured = pytest.CaptureFixture[str]


def test_a_server_and_its_configuration(orthanc: Launcher, capsys: Captured) -> None:
    server = orthanc(SCRIPT, config={"TcpNoDelay": False, "Python": {"Workers": {"Count": 1}}})
    assert server.get("/die").status_code == 502
    assert main(["doctor", "--url", server.url, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["config"] is not None
    whats = [finding["what"] for finding in found["findings"]]
    assert "TcpNoDelay is false" in whats
    assert "1 task of the pool default: died" in whats


def test_an_orthanc_without_the_plugin(orthanc: Launcher, capsys: Captured) -> None:
    server = orthanc(plugins=[])
    assert main(["doctor", "--url", server.url]) == 1
    assert "has not loaded this plugin" in capsys.readouterr().out


def test_nobody_is_there(capsys: Captured) -> None:
    assert main(["doctor", "--url", f"http://localhost:{unused_port()}"]) == 1
    assert "no answer from http://localhost" in capsys.readouterr().err
