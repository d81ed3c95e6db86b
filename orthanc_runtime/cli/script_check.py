# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The imports of ``check``, each in a process of its own: a script can end one, or crash it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any

from orthanc_runtime.cli.parent_death import die_with
from orthanc_runtime.findings import Finding, Level
from orthanc_runtime.hello import WorkerNotReadyError, check_handlers

MODULE = "orthanc_runtime.workers.checking"
STACKS_TIME = 2.0  # seconds to print where the script hangs

Report = dict[str, Any]


class ImportFailedError(Exception):
    """``finding`` says why, ``output`` has what the script has printed, with the traceback;
    ``needs_orthanc``: it may be right, but only a running Orthanc can tell."""

    def __init__(self, finding: Finding, output: str, needs_orthanc: bool = False) -> None:
        super().__init__(finding.what)
        self.finding = finding
        self.output = output
        self.needs_orthanc = needs_orthanc


def check_script(plan: Mapping[str, Any], timeout: float) -> Report:
    """Import as Orthanc does, and while that lives, as a worker; see the module that does it.

    Each import has ``timeout`` seconds. Raises ImportFailedError.
    """
    with _imported(plan, False, timeout) as master, _imported(plan, True, timeout) as worker:
        report = dict(master)
        report["seconds_in_worker"] = worker["seconds"]
        try:
            check_handlers(master["handlers"], worker["handlers"])
        except WorkerNotReadyError as error:
            finding = Finding(
                Level.ERROR,
                "no worker can start",
                str(error).partition(". What")[0],
                "register the same in both: not by `if in_worker`, the time, or chance",
            )
            report["findings"] = [*report["findings"], finding.as_dict()]
        return report


@contextlib.contextmanager
def _imported(plan: Mapping[str, Any], in_worker: bool, timeout: float) -> Iterator[Report]:
    """The report of a process that has imported the script, and lives meanwhile."""
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    with ours, theirs, tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=os.environ | {"PYTHONUTF8": "1"},
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            preexec_fn=lambda: die_with(parent),
        )
        theirs.close()
        try:
            ours.sendall(json.dumps({**plan, "in_worker": in_worker}).encode() + b"\n")
            where = "in a worker" if in_worker else "in Orthanc"
            report = _read(ours, process, timeout, output, where)
            if "failure" in report:
                failure, configured = report["failure"], plan["pools"] is not None
                text = _text(output) + failure["traceback"]
                needs_orthanc = failure["cause"] == "needs-orthanc"
                raise ImportFailedError(_failed(failure, where, configured), text, needs_orthanc)
            yield report
        finally:
            # What the script has started, too: nothing is lost, the report is here.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _read(
    connection: socket.socket,
    process: subprocess.Popen[bytes],
    timeout: float,
    output: IO[bytes],
    where: str,
) -> Report:
    try:
        line = _receive_line(connection, time.monotonic() + timeout)
    except TimeoutError:
        process.send_signal(signal.SIGQUIT)  # it prints its stacks
        try:
            process.wait(STACKS_TIME)
        except subprocess.TimeoutExpired:
            process.kill()
        finding = Finding(
            Level.ERROR,
            f"the script is not imported {where} within {timeout:g} s",
            "Orthanc and each worker wait for the import; its stack is shown above",
            "move what takes long into @on_worker_start or into a handler, or raise "
            "Python.Workers.StartupTimeout",
        )
        raise ImportFailedError(finding, _text(output)) from None
    if line is None:
        code = process.wait(STACKS_TIME)
        raise ImportFailedError(_ended(code, where), _text(output))
    report: Report = json.loads(line)
    return report


def _receive_line(connection: socket.socket, deadline: float) -> bytes | None:
    """None where the process ends before. Raises TimeoutError."""
    received = bytearray()
    while not received.endswith(b"\n"):
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            part = connection.recv(1024 * 1024)
        except ConnectionResetError:
            return None
        if not part:
            return None
        received += part
    return bytes(received)


def _ended(code: int, where: str) -> Finding:
    if code < 0:
        return Finding(
            Level.ERROR,
            f"the script crashes the process {where}: {signal.Signals(-code).name}",
            "a library that it imports, or calls, is broken here; the stack is shown above",
            "import its modules one by one with python -c to find the one that does it",
        )
    return Finding(
        Level.ERROR,
        f"the script ends the process {where} with exit code {code}, by os._exit",
        "so would it end Orthanc",
        "raise an exception instead",
    )


def _failed(failure: dict[str, Any], where: str, configured: bool) -> Finding:
    kind, message = failure["type"], " ".join(failure["message"].split())
    what = f"the script fails {where}: {kind}{': ' * bool(message)}{message}"
    why, remedy = "", "mend it where the traceback above ends"
    if failure["cause"] == "needs-orthanc":
        what = f"the check ends here: {message}"
        why = "that needs a running Orthanc, which there is none of in a check"
        remedy = "call it later, in a handler, or try it with `orthanc-runtime serve SCRIPT`"
    elif failure["cause"] == "database":
        why = "Orthanc imports the script before it opens its database"
        remedy = "call it in a handler, or at ORTHANC_STARTED in a change callback"
    elif failure["cause"] == "exit":
        what = f"the script ends the process {where}: SystemExit: {message}"
        why, remedy = "Orthanc does not start then", "raise an exception that says why instead"
    elif failure["cause"] == "missing-module" and failure["missing"]:
        why = f"it is not installed in {sys.prefix}"
        remedy = f"{sys.executable} -m pip install the package with {failure['missing']}"
    elif kind == "KeyError" and not configured:
        remedy = "where it is a key of Orthanc's configuration, name that by --config FILE"
    elif kind == "SettingsError":
        remedy = "change the script or the configuration, so that they fit"
    return Finding(Level.ERROR, what, why, remedy, failure["place"])


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read().decode(errors="backslashreplace")
