# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that imports the script: ``python -m orthanc_runtime.workers.checking FD``.

FD is a socket. A line of JSON comes in, the plan::

    scripts            maps ``path module``, in the order of their import
    in_worker          what the script is told to be in
    pools              names of the pools of the configuration; null without one
    offload_routes     pairs ``pattern pool``
    configuration      for GetConfiguration, a text
    preload            modules that workers shall find imported

and a line goes out, the report: see :func:`examine`, or ``failure`` with the keys of
:func:`describe`. Then the process lives on until the socket is closed, with whatever the script
has opened or started, as Orthanc would while its workers start.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from orthanc_runtime import role as roles
from orthanc_runtime.errors import OrthancException
from orthanc_runtime.role import OffloadedRoute
from orthanc_runtime.script import Script, load_scripts
from orthanc_runtime.workers.orthanc_module import DATABASE_NOT_INITIALIZED, OrthancModule
from orthanc_runtime.workers.process import leave

from .access import check_access
from .places import name_of, place_of
from .registrations import Recorder, limits_of
from .role import CheckingRole, NeedsOrthancError
from .sending import check_sending
from .state import check_names, check_state

Plan = Mapping[str, Any]


def main(descriptor: int) -> None:
    faulthandler.enable()
    # Tells where the script hangs, and ends the process.
    faulthandler.register(signal.SIGQUIT, chain=True)
    connection = socket.socket(fileno=descriptor)
    connection.set_inheritable(False)
    with connection, connection.makefile("rwb") as lines:
        plan = json.loads(lines.readline())
        scripts = [Script(Path(entry["path"]), entry["module"]) for entry in plan["scripts"]]
        try:
            report = examine(plan, scripts)
        except BaseException as error:  # noqa: BLE001 - the script may raise anything
            report = {"failure": describe(error, scripts)}
        sys.stdout.flush()
        lines.write(json.dumps(report).encode() + b"\n")
        lines.flush()
        connection.recv(1)
        leave()


def examine(plan: Plan, scripts: list[Script]) -> dict[str, Any]:
    """Import the scripts, and say what they have declared::

    seconds        that the import took
    handlers       addresses of what is offloaded, sorted
    registrations  see :meth:`.registrations.Registration.as_dict`
    functions      offloaded ones: maps ``name place`` and how they run
    start_hooks    maps ``name place pool``
    findings       see :class:`orthanc_runtime.findings.Finding`
    """
    recorder = Recorder()
    pools = None if plan["pools"] is None else frozenset(plan["pools"])
    role = CheckingRole(plan["in_worker"], pools, recorder)
    role.table.offload_routes(OffloadedRoute(*route) for route in plan["offload_routes"])
    roles.install(role)
    orthanc = _orthanc(role, plan["configuration"], recorder)
    for name in plan["preload"]:
        importlib.import_module(name)
    threads = set(threading.enumerate())
    began = time.monotonic()
    load_scripts(scripts, role.table)
    seconds = time.monotonic() - began
    role.table.check_routes()
    role.table.freeze()
    orthanc.imported()
    started = [thread.name for thread in threading.enumerate() if thread not in threads]
    namespaces = [vars(sys.modules[script.module]) for script in scripts]
    findings = [
        *check_names(role.declared),
        *check_sending(role.declared, recorder.registrations, namespaces),
        *check_state(role.table.handlers().values(), started),
        *check_access(recorder.registrations, role.table.offloaded()),
    ]
    return {
        "seconds": seconds,
        "handlers": role.table.offloaded(),
        "registrations": [registration.as_dict() for registration in recorder.registrations],
        "functions": [
            {"name": name_of(each), "place": place_of(each), **limits_of(each)}
            for each in role.declared
        ],
        "start_hooks": [
            {"name": name_of(hook), "place": place_of(hook), "pool": pool}
            for hook, pool in role.hooks
        ],
        "findings": [finding.as_dict() for finding in findings],
    }


def describe(error: BaseException, scripts: list[Script]) -> dict[str, Any]:
    """``type message traceback place`` of what the import raised, and ``cause``: "needs-orthanc",
    "database", "exit", the name of a module that is not installed, or none."""
    # From the script on: the frames of the import say nothing.
    frames = traceback.extract_tb(error.__traceback__)
    folders = tuple(f"{script.path.parent}/" for script in scripts)
    own = [index for index, frame in enumerate(frames) if frame.filename.startswith(folders)]
    shown = frames[own[0] :] if own else []
    text = "".join(
        [*traceback.format_list(shown), *traceback.format_exception_only(type(error), error)]
    )
    place = f"{frames[own[-1]].filename}:{frames[own[-1]].lineno}" if own else ""
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{error.filename}:{error.lineno}"
    cause, missing = "", ""
    if isinstance(error, NeedsOrthancError):
        cause = "needs-orthanc"
    elif isinstance(error, OrthancException) and error.args[:1] == (DATABASE_NOT_INITIALIZED,):
        cause = "database"
    elif isinstance(error, SystemExit):
        cause = "exit"
    elif isinstance(error, ModuleNotFoundError):
        cause, missing = "missing-module", (error.name or "").partition(".")[0]
    return {
        "type": type(error).__name__,
        "message": str(error),
        "traceback": text,
        "place": place,
        "cause": cause,
        "missing": missing,
    }


def _orthanc(role: CheckingRole, configuration: str, recorder: Recorder) -> OrthancModule:
    facts = dict.fromkeys(("orthanc_path", "orthanc_directory", "configuration_path"), "")
    facts["configuration"] = configuration
    sdk: Any = importlib.import_module("orthanc_runtime.sdk")
    orthanc = OrthancModule(sdk, role.unconnected, role, facts, "")
    module: ModuleType = orthanc.module
    recorder.listen(module)
    sys.modules["orthanc"] = module
    return orthanc


if __name__ == "__main__":
    main(int(sys.argv[1]))
