# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime status`` of a running Orthanc."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from launcher import Launcher
from terminal import Terminal

from orthanc_runtime.cli import main
from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import orthanc
from orthanc_runtime import offload

@offload
def on_fail(output, uri, **request):
    raise ValueError("no such luck [/b] :smile:")

orthanc.RegisterRestCallback("/fail", on_fail)
"""

Captured = pytest.CaptureFixture[str]


def test_tables(orthanc: Launcher, capsys: Captured) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 2}}})
    assert server.get("/fail").status_code == 500
    assert main(["status", server.url]) == 0
    shown = capsys.readouterr().out
    for part in ("pool default: serving", "1 failed", "GET /fail", "no such luck [/b] :smile:"):
        assert part in shown
    for worker in server.get("/python-runtime/status").json()["Pools"][0]["Workers"]:
        assert str(worker["Pid"]) in shown
    assert main(["status", server.url, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["Pid"] == server.pid


def test_a_live_table(orthanc: Launcher, tmp_path: Path) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 1}}})
    command = [sys.executable, "-m", "orthanc_runtime.cli", "status", server.url]
    with Terminal([*command, "--watch", "0.3"], tmp_path) as terminal:
        terminal.wait("no task meanwhile")
        assert server.get("/fail").status_code == 500
        terminal.wait(r"tasks/s, .*\d.* ms each")  # with colours between
        terminal.type("\x03")
        assert terminal.wait_end() == 130


def test_nothing_is_offloaded(orthanc: Launcher, capsys: Captured) -> None:
    server = orthanc("import orthanc")
    assert main(["status", server.url]) == 0
    assert "offloaded" in capsys.readouterr().out


def test_a_user_is_asked_for(orthanc: Launcher, capsys: Captured) -> None:
    config = {"AuthenticationEnabled": True, "RegisteredUsers": {"me": "secret"}}
    server = orthanc(SCRIPT, config=config)
    assert main(["status", server.url]) == 1
    assert "http://USER:PASSWORD@HOST:PORT" in capsys.readouterr().err
    assert main(["status", server.url.replace("://", "://me:secret@")]) == 0
    assert main(["status", server.url.replace("://", "://me:wrong@")]) == 1
    assert "wrong" not in capsys.readouterr().err


def test_nobody_is_there(capsys: Captured) -> None:
    assert main(["status", f"http://localhost:{unused_port()}"]) == 1
    assert "no answer from http://localhost" in capsys.readouterr().err


def test_an_orthanc_without_the_plugin(orthanc: Launcher, capsys: Captured) -> None:
    server = orthanc(plugins=[])
    assert main(["status", server.url]) == 1
    assert "does not run this plugin" in capsys.readouterr().err
