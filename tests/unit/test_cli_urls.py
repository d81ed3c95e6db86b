# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs as they are typed on the command line, and what is asked there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.http_target import make_target
from orthanc_runtime.cli.running_orthanc import RunningOrthanc
from orthanc_runtime.testing.server import unused_port

pytestmark = pytest.mark.unit

Captured = pytest.CaptureFixture[str]


def test_http_need_not_be_typed() -> None:
    assert make_target("localhost:8042/x", []).url == "http://localhost:8042/x"
    with RunningOrthanc("me:secret@localhost:8042/") as orthanc:
        assert (orthanc.shown, orthanc.is_here) == ("http://localhost:8042", True)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://localhost", "not an http:// or https:// URL: ftp://localhost"),
        ("http://", "not an http:// or https:// URL"),
        ("localhost:port", "bad URL localhost:port"),
    ],
)
@pytest.mark.parametrize("command", ["load", "status"])
def test_what_is_no_url(command: str, url: str, message: str, capsys: Captured) -> None:
    assert main([command, url]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_nobody_is_there(capsys: Captured) -> None:
    where = f"localhost:{unused_port()}"
    assert main(["status", where]) == 1
    told = f"no answer from http://{where}: connection refused; is Orthanc running there?"
    assert told in capsys.readouterr().err


def test_a_body_is_posted() -> None:
    target = make_target("http://localhost:8042/x", [("Content-Type", "a/b")], body=b"a\0b")
    head, _, body = target.request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /x HTTP/1.1"
    assert {b"Content-Length: 3", b"Content-Type: a/b"} <= set(lines)
    assert body == b"a\0b"


def test_a_body_that_is_not_there(tmp_path: Path, capsys: Captured) -> None:
    missing = tmp_path / "missing"
    assert main(["load", "http://localhost:8042", "--body", str(missing)]) == 1
    assert f"cannot read {missing}" in capsys.readouterr().err
