# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOM peers of Orthanc: the programs of DCMTK."""

from __future__ import annotations

import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pydicom
from server import OrthancServer

TIMEOUT = 60


@dataclass(frozen=True)
class Outcome:
    """How a query or retrieval ended, and what its answers hold."""

    status: int
    """Of DIMSE, 0 is success."""
    answers: tuple[pydicom.Dataset, ...]
    output: str

    def count(self, kind: str) -> int:
        """The number of Completed, Failed, Warning or Remaining sub-operations at the end."""
        found = re.findall(rf"{kind} Suboperations *: (\d+)", self.output)
        return int(found[-1]) if found else 0


def find(server: OrthancServer, *keys: str, model: str = "-S", issuer: str = "FINDSCU") -> Outcome:
    """C-FIND with these keys; ``model`` is -P, -S or, for worklists, -W."""
    with tempfile.TemporaryDirectory(prefix="findscu-") as folder:
        done = _run("findscu", server, model, *_keys(keys), "-X", "-od", folder, "-aet", issuer)
        answers = tuple(pydicom.dcmread(path) for path in sorted(Path(folder).glob("rsp*.dcm")))
    return Outcome(_status(done, "Find"), answers, done)


def move(server: OrthancServer, *keys: str, target: str = "TARGET") -> Outcome:
    """C-MOVE of what these keys say to the modality ``target``."""
    done = _run("movescu", server, "-S", *_keys(keys), "-aet", "MOVESCU", "-aem", target)
    return Outcome(_status(done, "Move"), (), done)


def store(server: OrthancServer, *files: Path) -> int:
    """C-STORE; the DIMSE status of the last file."""
    return _status(_run("storescu", server, *map(str, files)), "Store")


class StorageScp:
    """storescp, which keeps what it receives in ``folder``, as a context manager."""

    def __init__(self, port: int, folder: Path) -> None:
        self._folder = folder
        command = ["storescp", "-aet", "TARGET", "-od", str(folder), str(port)]
        self._process = subprocess.Popen(command)
        self._port = port

    def __enter__(self) -> StorageScp:
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(0.02)
        raise TimeoutError("storescp does not listen")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(TIMEOUT)

    def instances(self) -> set[str]:
        """The SOP instance UIDs of what came."""
        return {str(pydicom.dcmread(path).SOPInstanceUID) for path in self._folder.iterdir()}


def _keys(keys: Sequence[str]) -> list[str]:
    return [part for key in keys for part in ("-k", key)]


def _run(program: str, server: OrthancServer, *options: str) -> str:
    peer = ["-aec", "ORTHANC", "127.0.0.1", str(server.dicom_port)]
    files = [option for option in options if option.startswith("/") and option.endswith(".dcm")]
    others = [option for option in options if option not in files]
    done = subprocess.run(
        [program, "-d", *others, *peer, *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT,
        check=False,
    )
    return done.stdout.decode("latin-1")


def _status(output: str, operation: str) -> int:
    found = re.findall(r"DIMSE Status *: (0x[0-9a-f]{4}):", output)
    assert found, f"no status of {operation} in\n{output}"
    return int(found[-1], 16)
