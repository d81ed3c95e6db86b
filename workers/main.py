# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One worker, from its birth to its end."""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from orthanc_runtime import carried
from orthanc_runtime import role as roles
from orthanc_runtime.debugging import prepare as prepare_breakpoints
from orthanc_runtime.errors import StartupError
from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.protocol import VERSION, Frame, Kind
from orthanc_runtime.role import DEFAULT_POOL, OffloadedRoute, RestAccess, Transport
from orthanc_runtime.script import Script, load_scripts
from orthanc_runtime.sdk_names import refuse_newer, unknown_name
from orthanc_runtime.version import build_id

from .calls import Calls
from .execute import Executor, failure_head
from .handlers import Handlers
from .lane import Lane, abandon
from .orthanc_module import OrthancModule
from .preloading import Preloading
from .process import (
    Detachable,
    die_with_parent,
    expected_parent,
    forkserver_threads,
    give_way,
    ignore_stop_signals,
    leave,
    no_core_dumps,
    own_session,
    redirect,
    set_title,
)
from .role import WorkerRole
from .shared_lane import SharedLane
from .shared_lanes import SharedLanes
from .task_context import mark_log_records
from .worker_loop import WorkerLoop

BOOTSTRAP_TIMEOUT = 60.0


def run(
    lane: socket.socket,
    service: socket.socket,
    stdout: Detachable,
    stderr: Detachable,
    orthanc: int | None = None,
    shared: Sequence[socket.socket] = (),
    pipes: Sequence[Detachable] = (),
) -> NoReturn:
    """The target of the worker's process; its arguments are duplicates made for it.

    ``orthanc`` is the pid of Orthanc, without which this process has nothing to live for;
    ``shared`` are lanes for coroutines that run at once. What follows HELLO on the lane goes by
    ``pipes``, one to read from and one to write to, where there are some.
    """
    own_session()
    ignore_stop_signals()
    redirect(stdout, stderr)
    no_core_dumps()
    die_with_parent(expected_parent(orthanc))
    frames, on_service = FrameStream(lane), FrameStream(service)
    on_lane = FrameStream(lane, *(pipe.detach() for pipe in pipes))
    beside = [FrameStream(each) for each in shared]
    os.register_at_fork(after_in_child=lambda: _disown(frames, on_lane, on_service, *beside))
    try:
        bootstrap = _receive_bootstrap(frames)
    except Exception as error:  # noqa: BLE001 - nobody to tell but the log
        abandon(error, "no bootstrap frame: ")
    if (bootstrap.get("protocol"), bootstrap.get("build")) != (VERSION, build_id()):
        # The package was upgraded under a running Orthanc, which sees that from this frame.
        frames.send(Kind.HELLO, 0, 0, _hello([]))
        leave(1)
    try:
        serves = give_way(bootstrap.get("nice", 0))
        worker = _start(bootstrap, on_lane, on_service, beside)
    except BaseException as error:  # noqa: BLE001 - the script may raise anything, also SystemExit
        kind, message, traceback, _ = failure_head(error, 1)
        sys.stdout.flush()
        frames.send(Kind.STARTUP_FAILED, 0, 0, (kind, message, traceback))
        leave(1)
    serves()
    frames.send(Kind.HELLO, 0, 0, worker.hello)
    # Nothing of the import is garbage: the collector need not look at it again and again.
    gc.freeze()
    streams = sys.__stdout__, sys.__stderr__
    lost_streams = partial(_leave_without_streams, worker.calls)
    if worker.shared is None:
        worker.execute.serve(lost_streams, streams)
    worker.shared.serve(worker.lane, worker.execute.run, lost_streams, streams)


@dataclass(frozen=True)
class _Worker:
    lane: Lane
    execute: Executor
    calls: Calls
    shared: SharedLanes | None
    hello: Mapping[str, Any]


def _receive_bootstrap(frames: FrameStream) -> Mapping[str, Any]:
    frames.socket.settimeout(BOOTSTRAP_TIMEOUT)
    frame: Frame = frames.receive()
    frames.socket.setblocking(True)
    if frame.kind != Kind.BOOTSTRAP or not isinstance(frame.head, dict):
        raise ValueError(f"frame {frame.kind}")
    return frame.head


def _start(
    bootstrap: Mapping[str, Any],
    frames: FrameStream,
    service: FrameStream,
    shared: Sequence[FrameStream],
) -> _Worker:
    scripts = [Script(Path(entry["path"]), entry["module"]) for entry in bootstrap["scripts"]]
    names = ", ".join(script.path.name for script in scripts)
    pool = bootstrap.get("pool", DEFAULT_POOL)
    named = "" if pool == DEFAULT_POOL else f" of pool {pool}"
    set_title(f"orthanc-runtime worker {bootstrap['worker']}{named} ({names})")
    missing = _missing_preloads(bootstrap.get("preload") or ())
    lane = Lane(frames)
    service.socket.setblocking(True)
    calls = Calls(lane, service)
    handlers = Handlers()
    loop = WorkerLoop(lane)
    execute = Executor(lane, handlers, loop)
    mark_log_records()
    role = WorkerRole(_rest_access(bootstrap), calls, loop, pool)
    role.table.offload_routes(map(OffloadedRoute, bootstrap.get("offload_routes", ())))
    preloading = roles.current()
    roles.install(role)
    sdk = _sdk()
    orthanc = OrthancModule(sdk, calls, role, bootstrap["facts"], bootstrap["token"])
    vars(orthanc.module)["__getattr__"] = unknown_name(orthanc.module, sdk)
    refuse_newer(orthanc.module, sdk, bootstrap["facts"].get("orthanc_version", ""))
    sys.modules["orthanc"] = orthanc.module
    carried.receive_with(
        lambda name, index: orthanc.held(name, carried.lent_number(calls.task(), index))
    )
    if isinstance(preloading, Preloading):
        role.adopt(preloading, bootstrap.get("handlers", ()))
    prepare_breakpoints(
        f"worker {bootstrap['worker']}{named}",
        lambda port: calls.log(LogCode.DEBUGGER_LISTENS, f"debugpy listens on 127.0.0.1:{port}"),
    )
    load_scripts(scripts, role.table)
    role.table.freeze()
    orthanc.imported()
    handlers.load(role.table.handlers())
    for hook in role.start_hooks:
        hook()
    lane.run_nested = execute.run
    beside = _shared_lanes(shared, handlers, loop) if shared else None
    return _Worker(lane, execute, calls, beside, _hello(role.table.offloaded(), missing))


def _shared_lanes(
    lanes: Sequence[FrameStream], handlers: Handlers, loop: WorkerLoop
) -> SharedLanes:
    for each in lanes:
        each.socket.setblocking(True)
    return SharedLanes([SharedLane(each) for each in lanes], handlers, loop)


def _leave_without_streams(calls: Calls) -> None:
    """A task that has closed them must not fail the next ones, which may print."""
    calls.log(
        LogCode.STREAMS_CLOSED,
        "a handler has closed standard output or errors: this worker ends, another one follows",
    )
    leave(1)


def _hello(handlers: list[str], missing_preload: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "protocol": VERSION,
        "build": build_id(),
        "pid": os.getpid(),
        "handlers": handlers,
        "missing_preload": missing_preload or {},
        "forkserver_threads": forkserver_threads(),
    }


def _missing_preloads(names: Any) -> dict[str, str]:
    """Modules that the forkserver could not preload, each with the reason.

    ``multiprocess`` swallows the errors, so the import is tried once more here.
    """
    missing: dict[str, str] = {}
    if forkserver_threads() is None:
        return missing  # started by spawn, nothing was preloaded
    for name in names:
        if name in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the user's module
            missing[name] = f"{type(error).__name__}: {error}"
            if isinstance(error, ImportError) and error.name == "orthanc":
                missing[name] = (
                    "it imports orthanc, which only the workers have; preload what it needs instead"
                )
        else:
            missing[name] = "it can be imported in a worker, but not in the forkserver"
    return missing


def _rest_access(bootstrap: Mapping[str, Any]) -> RestAccess:
    rest = bootstrap["rest"]
    certificate = rest.get("certificate")
    if isinstance(certificate, list):
        certificate = (certificate[0], certificate[1])
    return RestAccess(
        rest["url"],
        bootstrap["token"],
        rest.get("fingerprint"),
        certificate,
        Transport(rest.get("transport", "Http")),
        rest.get("describe_errors", True),
    )


def _sdk() -> Any:
    try:
        return importlib.import_module("orthanc_runtime.sdk")
    except ImportError as error:
        raise StartupError(
            "orthanc_runtime.sdk is missing: the package was not built, install it anew"
        ) from error


def _disown(*frames: FrameStream) -> None:
    # A child that a handler forks has no part in the conversation with Orthanc.
    for each in frames:
        each.close()
