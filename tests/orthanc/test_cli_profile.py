# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime profile`` of routes of a running Orthanc."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from launcher import Launcher
from server import OrthancServer

from orthanc_runtime.cli import main

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import time
import orthanc
from orthanc_runtime import offload

def computing():
    end = time.monotonic() + 0.02
    while time.monotonic() < end:
        sum(range(1000))

@offload
def on_work(output, uri, **request):
    computing()
    output.AnswerBuffer(request.get("body", b"x"), "text/plain")

def on_master(output, uri, **request):
    computing()
    output.AnswerBuffer("x", "text/plain")

orthanc.RegisterRestCallback("/work", on_work)
orthanc.RegisterRestCallback("/master", on_master)
"""

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 2}}})


def skip_where_py_spy_may_not(error: str) -> None:
    if "may not look into" in error:
        pytest.skip(error)


def test_a_handler_in_a_worker(server: OrthancServer, tmp_path: Path, capsys: Captured) -> None:
    picture = tmp_path / "flames.svg"
    options = ["--url", server.url, "--seconds", "1", "--output", str(picture)]
    code = main(["profile", "/work", *options, "--json"])
    captured = capsys.readouterr()
    skip_where_py_spy_may_not(captured.err)
    assert code == 0
    told = json.loads(captured.out)
    assert told["process"].startswith("worker ")
    assert set(told["answers"]) == {"200"}
    assert "computing" in picture.read_text()
    assert "on_work" in picture.read_text()


def test_a_handler_in_orthanc(server: OrthancServer, tmp_path: Path, capsys: Captured) -> None:
    output = tmp_path / "flames.json"
    options = ["--url", server.url, "--seconds", "1", "--output", str(output)]
    code = main(["profile", "/master", *options])
    captured = capsys.readouterr()
    skip_where_py_spy_may_not(captured.err)
    assert code == 0
    assert "Orthanc itself" in captured.out
    frames = json.loads(output.read_text())["shared"]["frames"]
    assert "on_master" in {frame["name"].split(" ")[0] for frame in frames}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("Error: Permission Denied: Try running again", "may not look into the process"),
        ("Error: Failed to find python version", "py-spy failed: Error: Failed to find"),
    ],
)
def test_py_spy_fails(
    server: OrthancServer,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    message: str,
) -> None:
    program = tmp_path / "py-spy"
    program.write_text(f"#!{sys.executable}\nraise SystemExit({words!r})\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    options = ["--url", server.url, "--output", str(tmp_path / "flames.svg")]
    assert main(["profile", "/work", *options]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["work"], "begins with a slash"),
        (["/work", "--output", "x.png"], "ends in .svg or .json"),
        (["/nowhere"], "has no route /nowhere"),
        (["/work", "--body", "gone"], "cannot read gone"),
    ],
)
def test_what_cannot_be_profiled(
    server: OrthancServer, capsys: Captured, arguments: list[str], message: str
) -> None:
    assert main(["profile", *arguments, "--url", server.url]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
