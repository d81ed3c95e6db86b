# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Orthanc for a test: free ports, a storage of its own, its log, gone at the end."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orthanc_runtime.cli.orthanc_json import Configuration, merge, read_configuration
from orthanc_runtime.cli.orthanc_process import find_orthanc
from orthanc_runtime.cli.parent_death import die_with
from orthanc_runtime.cli.plugin_path import find_plugin

from .http_client import HttpClient
from .log_capture import LogCapture, LogEndedError

START_DEADLINE = 60.0  # seconds
STOP_DEADLINE = 40.0
ATTEMPTS = 5
PORT_TAKEN = "is privileged or already in use"


class OrthancDidNotStart(AssertionError):  # noqa: N818 - named after what happened
    """Orthanc refused the script or the configuration; the text is its log."""


class TestServer(HttpClient):
    """A running Orthanc. Made by the fixture ``orthanc_server``."""

    __test__ = False  # no class of tests

    def __init__(self, script: str | Path, configuration: Configuration) -> None:
        """``script`` is a file, or the text of a script, which has more than one line.

        Raises OrthancDidNotStart.
        """
        super().__init__()
        # A short path: a Unix socket lies below it, whose name may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="orthanc-test-"))
        try:
            self._start(_script(script, self.folder), configuration)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def _start(self, script: Path, configuration: Configuration) -> None:
        for attempt in range(ATTEMPTS):
            self._launch(script, configuration)
            try:
                self.wait_log("Orthanc has started", START_DEADLINE)
            except (LogEndedError, TimeoutError):
                self._kill()
                if PORT_TAKEN in self.log and attempt < ATTEMPTS - 1:
                    continue
                raise OrthancDidNotStart(self.log) from None
            return

    def _launch(self, script: Path, configuration: Configuration) -> None:
        self.http_port, self.dicom_port = unused_port(), unused_port()
        own: Configuration = {
            "HttpPort": self.http_port,
            "DicomPort": self.dicom_port,
            "PythonScript": str(script),
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "TemporaryDirectory": str(self.folder),
        }
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(merge(configuration, own), indent=2), encoding="utf-8")
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        parent = os.getpid()
        self._process = subprocess.Popen(
            [find_orthanc(), str(path)],
            cwd=self.folder,
            env=inherited | {"TMPDIR": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            process_group=0,
            preexec_fn=lambda: die_with(parent),
        )
        assert self._process.stdout is not None
        pipe = os.dup(self._process.stdout.fileno())
        self._process.stdout.close()
        self._log = LogCapture(pipe, self._process.pid)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        """What Orthanc and its workers have written until now."""
        return self._log.text

    def wait_log(self, pattern: str, timeout: float = 20.0) -> re.Match[str]:
        """The first match of a regular expression in the log, as soon as it is there.

        Raises TimeoutError, and LogEndedError where Orthanc ends before.
        """
        return self._log.wait(pattern, timeout)

    def upload(self, *files: bytes | Path) -> list[str]:
        """Orthanc's identifiers of the instances. Raises AssertionError where it refuses one."""
        identifiers = []
        for file in files:
            data = file.read_bytes() if isinstance(file, Path) else file
            answer = self.post("/instances", data)
            assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
            identifiers.append(answer.json()["ID"])
        return identifiers

    def stop(self) -> int:
        """SIGTERM; the exit code. Raises AssertionError where Orthanc does not stop in time."""
        self.session.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_DEADLINE)
        except subprocess.TimeoutExpired:
            self._kill()
            raise AssertionError(
                f"Orthanc did not stop in {STOP_DEADLINE:.0f} s:\n{self.log}"
            ) from None
        self._log.wait_end(STOP_DEADLINE)
        return code

    def close(self) -> None:
        """Stop, and remove what is left. Raises AssertionError for an exit code that is not 0."""
        try:
            code = self.stop()
            assert code == 0, f"Orthanc ended with exit code {code}:\n{self.log}"
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.wait_end(STOP_DEADLINE)


def unused_port() -> int:
    """A TCP port of the loopback interface, free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configuration_of(config: Mapping[str, Any] | Path | None, workers: int | None) -> Configuration:
    """What a test says, on top of what suits tests, with the plugin."""
    given = read_configuration(config) if isinstance(config, Path) else dict(config or {})
    base: Configuration = {
        "Name": "test",
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,  # stopping it takes Orthanc a second
    }
    configuration = merge(base, given)
    configuration["Plugins"] = [*configuration.get("Plugins", []), str(find_plugin())]
    if workers is not None:
        configuration = merge(configuration, {"Python": {"Workers": {"Count": workers}}})
    return configuration


def _script(script: str | Path, folder: Path) -> Path:
    if isinstance(script, str) and "\n" in script:
        path = folder / "script.py"
        path.write_text(textwrap.dedent(script), encoding="utf-8")
        return path
    path = Path(script).resolve()
    if not path.is_file():
        raise FileNotFoundError(f"there is no script {path}")
    return path
