# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Orthanc on free ports, with its own storage, gone at the end whatever happens."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.http_client import BadAnswerError, Client
from orthanc_runtime.cli.orthanc_process import find_orthanc
from orthanc_runtime.cli.parent_death import die_with

START_DEADLINE = 60.0
STOP_DEADLINE = 20.0
PORT_TAKEN = "is privileged or already in use"
ATTEMPTS = 5

COMMON: dict[str, Any] = {
    "Name": "benchmarks",
    "DicomServerEnabled": False,  # stopping it takes Orthanc a second
    "AuthenticationEnabled": False,
    "RemoteAccessAllowed": False,
    "WebDavEnabled": False,
    "KeepAlive": True,
    "TcpNoDelay": True,
    "HttpThreadsCount": 50,
}


class ServerError(Exception):
    """Orthanc does not start; carries the end of its log."""


class Server:
    """A running Orthanc."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started: float) -> None:
        """``started`` is the time of its exec, of ``time.perf_counter``."""
        self.process = process
        self.port = port
        self.started = started
        self.client = Client(port)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path: str) -> bytes:
        return self.client.get(path)


@contextmanager
def orthanc(
    plugin: Path,
    script: Path,
    settings: Mapping[str, Any],
    probe: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Started, and ``probe`` has answered; stopped afterwards with all its processes."""
    folder = Path(tempfile.mkdtemp(prefix="orthanc-bench-"))
    server = None
    try:
        for attempt in range(ATTEMPTS):
            server = launch(folder, plugin, script, settings, environment or {})
            if _wait_ready(server, probe):
                break
            if PORT_TAKEN not in read_log(folder) or attempt == ATTEMPTS - 1:
                raise ServerError(f"Orthanc with {plugin.name} does not start:\n{log_tail(folder)}")
            stop(server)
        assert server is not None
        yield server
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def launch(
    folder: Path,
    plugin: Path,
    script: Path,
    settings: Mapping[str, Any],
    environment: Mapping[str, str],
) -> Server:
    """An Orthanc that starts; all its files are in ``folder``."""
    port = _free_port()
    configuration = {
        **COMMON,
        "HttpPort": port,
        "DicomPort": _free_port(),
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "TemporaryDirectory": str(folder),
        "Plugins": [str(plugin)],
        "PythonScript": str(script),
        **settings,
    }
    path = folder / "orthanc.json"
    path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
    # Python's variables belong to this program's interpreter, not to the one in Orthanc.
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    parent = os.getpid()
    with (folder / "log").open("wb") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [find_orthanc(), str(path)],
            cwd=folder,
            env=inherited | {"TMPDIR": str(folder)} | dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=lambda: die_with(parent),
        )
    return Server(process, port, started)


def _wait_ready(server: Server, probe: str) -> bool:
    deadline = time.monotonic() + START_DEADLINE
    while time.monotonic() < deadline and server.process.poll() is None:
        with suppress(OSError, BadAnswerError):
            server.get(probe)
            return True
        time.sleep(0.05)
    return False


def stop(server: Server) -> None:
    """With all its processes."""
    server.client.close()
    process = server.process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_DEADLINE)
    # What a Pool of the reference leaves behind shares Orthanc's process group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def read_log(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8", errors="replace")


def log_tail(folder: Path) -> str:
    return "\n".join(read_log(folder).splitlines()[-25:])
