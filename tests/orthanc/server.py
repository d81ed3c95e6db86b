# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One real Orthanc with the plugin under test, on free ports, with its own storage."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import textwrap
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from plugin_choice import plugin_environment
from processes import MARK, Process, find_processes, stacks, wait_caught, wait_none

from orthanc_runtime.testing.http_client import REQUEST_TIMEOUT, HttpClient
from orthanc_runtime.testing.log_capture import LogCapture, LogEndedError
from orthanc_runtime.testing.server import unused_port

START_TIMEOUT = 60.0
STOP_TIMEOUT = 40.0
PORT_IN_USE = re.compile(r"port of the (HTTP|DICOM) server is privileged or already in use")
PYTHON_VARIABLES = ("PYTHON", "VIRTUAL_ENV", "COV_")


def orthanc_binary() -> str:
    binary = shutil.which("Orthanc", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert binary is not None, "Orthanc is not installed"
    return binary


class OrthancServer(HttpClient):
    """``start()`` returns when Orthanc serves, or has ended; ``close()`` checks what it left."""

    def __init__(
        self,
        plugins: Sequence[Path],
        script: str | Path | None,
        config: Mapping[str, Any],
        name: str = "script.py",
        files: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        umask: int = -1,
    ) -> None:
        super().__init__()
        # A short path: the socket of a forkserver lives below it, and may have 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="orthanc-test-"))
        self.folder.chmod(0o711)  # workers can have another user
        self.temporary = self.folder / "tmp"
        self.script_folder = self.folder / "scripts"
        self.temporary.mkdir()
        self.script_folder.mkdir()
        for file, text in (files or {}).items():
            (self.script_folder / file).write_text(textwrap.dedent(text), "utf-8")
        if isinstance(script, str):
            (self.script_folder / name).write_text(textwrap.dedent(script), "utf-8")
            script = self.script_folder / name
        self.script = script
        self.mark = uuid.uuid4().hex
        self.expected_exit: int | None = 0
        self.log_offset = 0
        self.http_port = self.dicom_port = 0
        self.session.verify = False
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=64)
        self.session.mount("http://", adapter)
        self._plugins = list(plugins)
        self._config = dict(config)
        self._environment = dict(environment or {})
        self._umask = umask
        self._process: subprocess.Popen[bytes] | None = None
        self._capture: LogCapture | None = None
        self._signalled = False

    def start(self) -> bool:
        """Whether Orthanc has started; chooses other ports where one was taken meanwhile."""
        for _ in range(5):
            self._launch()
            try:
                self.wait_log("Orthanc has started", START_TIMEOUT)
            except LogEndedError:
                self.wait_exit(STOP_TIMEOUT)
                if PORT_IN_USE.search(self.log):
                    continue
                return False
            return True
        raise RuntimeError("no free port in five attempts")

    def _launch(self) -> None:
        self.http_port, self.dicom_port = unused_port(), unused_port()
        configuration = {
            "Name": "orthanc-runtime-tests",
            "HttpPort": self.http_port,
            "DicomPort": self.dicom_port,
            "DicomServerEnabled": False,  # stopping it takes Orthanc a second
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "TemporaryDirectory": str(self.temporary),
            "WebDavEnabled": False,
            "Plugins": [str(plugin) for plugin in self._plugins],
            **({} if self.script is None else {"PythonScript": str(self.script)}),
            **self._config,
        }
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(configuration, indent=2))
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(PYTHON_VARIABLES)}
        own = {MARK: self.mark, "TMPDIR": str(self.temporary), **plugin_environment()}
        own |= self._environment
        self._process = subprocess.Popen(
            [orthanc_binary(), str(path)],
            cwd=self.folder,
            env=inherited | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            umask=self._umask,
        )
        assert self._process.stdout is not None
        pipe = os.dup(self._process.stdout.fileno())
        self._process.stdout.close()
        self._capture = LogCapture(pipe, self._process.pid)
        self._signalled = False

    # -- HTTP

    @property
    def url(self) -> str:
        scheme = "https" if self._config.get("SslEnabled") else "http"
        return f"{scheme}://127.0.0.1:{self.http_port}"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("allow_redirects", False)
        return super().request(method, path, **options)

    def in_background(
        self, path: str, method: str = "GET", **options: Any
    ) -> Future[requests.Response]:
        """A request from a thread and connection of its own."""
        executor = ThreadPoolExecutor(1, thread_name_prefix=f"{method} {path}")
        options.setdefault("timeout", REQUEST_TIMEOUT)
        options.setdefault("allow_redirects", False)
        url = self.url + path
        future = executor.submit(requests.request, method, url, verify=False, **options)
        executor.shutdown(wait=False)
        return future

    def upload(self, dicom: bytes) -> str:
        """The identifier of the stored instance."""
        answer = self.post("/instances", dicom)
        assert answer.status_code == 200, answer.text
        identifier: str = answer.json()["ID"]
        return identifier

    # -- log and processes

    @property
    def log(self) -> str:
        return self._capture.text if self._capture else ""

    def wait_log(self, pattern: str, timeout: float = 20.0, start: int = 0) -> re.Match[str]:
        assert self._capture is not None
        return self._capture.wait(pattern, timeout, start)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def children(self) -> list[Process]:
        """Every living process that Orthanc started, directly or not."""
        return find_processes(self.mark, self.folder, self.pid)

    def children_left(self, timeout: float = 15.0) -> list[Process]:
        """The processes that are still there at the deadline, at best none."""
        return wait_none(self.mark, self.folder, self.pid, timeout)

    # -- the end

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; the first one as soon as Orthanc catches it, just after its start."""
        if not self._signalled:
            wait_caught(self.pid, number, START_TIMEOUT)
        self._signalled = True
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL; what a killed process cannot clean up is not held against it."""
        self.expected_exit = -signal.SIGKILL
        os.kill(self.pid, signal.SIGKILL)
        self.wait_exit(STOP_TIMEOUT)

    def wait_exit(self, timeout: float) -> int:
        assert self._process is not None
        assert self._capture is not None
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            found = "\n".join(str(process) for process in self.children())
            report = f"{stacks(self.pid)}\nchildren:\n{found}\nlog:\n{self.log}"
            self.kill()
            raise AssertionError(f"Orthanc did not stop in {timeout} s\n{report}") from None
        self._capture.wait_end(timeout)
        return code

    def stop(self, timeout: float = STOP_TIMEOUT) -> int:
        """SIGTERM, then the exit code."""
        self.session.close()
        if self.running:
            self.signal(signal.SIGTERM)
        return self.wait_exit(timeout)

    def close(self) -> None:
        """Stop, and raise AssertionError for a wrong exit code or anything left behind."""
        if self._process is None:
            return
        try:
            code = self.stop()
            problems = []
            if self.expected_exit is not None and code != self.expected_exit:
                problems.append(f"exit code {code}, expected {self.expected_exit}")
            problems += [f"process left: {process}" for process in self.children_left()]
            if code == 0:  # else there may have been no chance to clean up
                problems += [f"file left: {path}" for path in sorted(self.temporary.iterdir())]
            assert not problems, "\n".join([*problems, "log:", self.log])
        finally:
            for process in self.children():
                os.kill(process.pid, signal.SIGKILL)
            shutil.rmtree(self.folder, ignore_errors=True)
