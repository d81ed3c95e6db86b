# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of the script in cadaver, the WebDAV client of Debian."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from launcher import Launcher
from sdk_version import orthanc_version
from server import OrthancServer
from webdav_script import SCRIPT

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.skipif(
        orthanc_version() == (1, 13, 0),
        reason="Orthanc 1.13.0 answers PROPFIND with two content types, which cadaver refuses",
    ),
]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


def cadaver(server: OrthancServer, folder: Path, *commands: str) -> str:
    done = subprocess.run(
        ["cadaver", f"{server.url}/tree/"],
        input="\n".join([*commands, "quit", ""]),
        capture_output=True,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_browsing_reading_writing_removing(server: OrthancServer, tmp_path: Path) -> None:
    (tmp_path / "upload.bin").write_bytes(b"\0\xffupload")
    said = cadaver(
        server,
        tmp_path,
        "ls",
        "get hello.txt got.txt",
        "mkcol new",
        "put upload.bin new/stored.bin",
        "get new/stored.bin back.bin",
        "ls new",
    )
    assert "hello.txt" in said
    assert "a folder" in said
    assert "stored.bin" in said
    assert (tmp_path / "got.txt").read_bytes() == b"hello"
    assert (tmp_path / "back.bin").read_bytes() == b"\0\xffupload"
    said = cadaver(server, tmp_path, "delete new/stored.bin", "ls new")
    assert "succeeded" in said
    assert "stored.bin" not in said.rpartition("succeeded")[2]
