# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of the README and the tutorial does what it says."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import pytest
from document_blocks import Command, FileBlock, steps
from terminals import Server, Shell, shell

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]

# Not run, and why.
LEFT_OUT = {
    "apt-get install -y make git curl": "needs root and a network; done where the tests run",
    "make build": "the tests run in what it has built",
    "make test": "it is what runs these tests",
    'export PATH="$PWD/.venv/bin:$PATH"': "the tests have that path",
}
# Whose status is an error, and which.
FAILING = {
    "curl -i http://localhost:8042/crash": "HTTP/1.1 502",
    "curl -i http://localhost:8042/forever": "HTTP/1.1 504",
}
# What the output must have, beside an exit code of 0.
SAYS = {
    "curl http://localhost:8042/hello": "Hello from Python",
    "curl http://localhost:8042/sharpness/$ID": '"Sharpness": 2.0',
    "orthanc-runtime check sharp.py": "OnSharpness",
    "orthanc-runtime config validate orthanc.json": "Count = 2",
    "python3 -m pytest -q test_sharp.py": "1 passed",
}
READY = {
    "orthanc-runtime serve": r"(https?://localhost:\d+)/ until Ctrl-C",
    "make run": r"(http://localhost:\d+)/ and DICOM on port",
}
# Where errors of HTTP are errors of curl.
CURLRC = "fail\nsilent\nshow-error\nmax-time = 60\n"


class Reader:
    """Follows a page: files and commands in a folder of his own, a server in a second terminal."""

    def __init__(self, folder: Path, terminal: Shell, environment: dict[str, str]) -> None:
        self.folder = folder
        self.terminal = terminal
        self.environment = environment
        self.server: Server | None = None
        self.url = "http://localhost:8042"

    def take(self, step: FileBlock | Command) -> None:
        if isinstance(step, FileBlock):
            _, place = self.terminal.run("pwd")
            (Path(place.strip()) / step.name).write_text(step.text, "utf-8")
            return
        command = step.text.partition("  #")[0].strip()
        if command in LEFT_OUT:
            return
        for beginning, ready in READY.items():
            if command.startswith(beginning):
                self.serve(command, ready)
                return
        code, output = self.terminal.run(self.run_as(command))
        expected = FAILING.get(command) or SAYS.get(command, "")
        log = self.server.text if self.server is not None else ""
        assert code == 0, f"{command}\n{output}\n{log}"
        assert expected in output, f"{command}\n{output}\n{log}"

    def run_as(self, command: str) -> str:
        """Where the port was taken, at the one that there was instead."""
        run = command.replace("http://localhost:8042", self.url)
        if command == "orthanc-runtime status":
            run = f"{command} {self.url}"
        return run.replace("curl", "curl --no-fail") if command in FAILING else run

    def serve(self, command: str, ready: str) -> None:
        self.stop()
        _, place = self.terminal.run("pwd")
        # Of the tree itself, since a copy would have to be built.
        folder = ROOT if command.startswith("make") else Path(place.strip())
        log = self.folder / "server.log"
        self.server = Server(command, folder, self.environment, log)
        self.url = self.server.wait_for(ready)[1]
        self.server.wait_for("/python-runtime/app/ shows the workers|Serving until Ctrl-C")

    def stop(self) -> None:
        if self.server is not None:
            server, self.server = self.server, None
            # make lets Ctrl-C end it as any other program.
            assert server.interrupt() in (0, -signal.SIGINT), server.text


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial.md"])
def test_each_command(page: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".curlrc").write_text(CURLRC)
    for name in ("samples", "config"):
        shutil.copytree(ROOT / name, home / name)
    python = Path(sys.executable).parent
    environment = {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{python}:{os.environ['PATH']}:/usr/sbin",
        # Of the environment under test, which make would replace by one of another Python.
        "MAKEFLAGS": f" -- LOAD=0 PYTHON={Path(sys.executable).resolve()}",
    }
    with shell(home, environment) as terminal:
        reader = Reader(tmp_path, terminal, environment)
        try:
            for step in steps(ROOT / page):
                reader.take(step)
            reader.stop()
        finally:
            if reader.server is not None:
                reader.server.interrupt()


def test_nothing_is_left_out_in_vain() -> None:
    pages = [steps(ROOT / page) for page in ("README.md", "docs/tutorial.md")]
    commands = {
        step.text.partition("  #")[0].strip()
        for page in pages
        for step in page
        if isinstance(step, Command)
    }
    assert {*LEFT_OUT, *FAILING, *SAYS} <= commands
