# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin calls when Orthanc starts and stops.

Orthanc can start its plugins several times in one process, so everything that belongs to a start
hangs on its :class:`Started`, and the script is imported afresh.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orthanc_runtime import role as roles
from orthanc_runtime.coroutine_loop import CoroutineLoop
from orthanc_runtime.debugging import is_debugging, prepare
from orthanc_runtime.early_server import EarlyServer
from orthanc_runtime.embedded_module import complete, embedded_module
from orthanc_runtime.generations import CONFLICT, Generations, ReloadRefusedError
from orthanc_runtime.launch import WorkerPlan
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog, OrthancLog
from orthanc_runtime.master_role import MasterRole
from orthanc_runtime.native import Native, NativePool
from orthanc_runtime.recycle_request import wanted_pid
from orthanc_runtime.rest_access import http_port
from orthanc_runtime.role import DEFAULT_POOL
from orthanc_runtime.script import (
    Script,
    check_scripts,
    hidden_modules,
    load_scripts,
    name_scripts,
    unload,
)
from orthanc_runtime.script_threads import end_threads, running_threads
from orthanc_runtime.script_watch import ScriptWatch
from orthanc_runtime.settings_reading import Settings
from orthanc_runtime.start_access import Access, new_token
from orthanc_runtime.start_pools import HttpServer, PoolToStart, StartedPools, start_pools
from orthanc_runtime.version import __version__, build_id
from orthanc_runtime.worker_user import find_user

WORKER_FACTS = ("orthanc_version", "orthanc_path", "orthanc_directory", "configuration_path")
# Kept back from the time given to stop(), for threads of the script; one that sleeps is left.
THREADS_RESERVE = 0.5
BAD_REQUEST = 400
NOT_FOUND = 404


@dataclass(frozen=True)
class Started:
    """One start: keep it until :func:`stop`. ``pools`` is None where nothing is offloaded."""

    settings: Settings
    foreign_threads: frozenset[threading.Thread]
    """Threads that were there before the script."""
    coroutines: CoroutineLoop
    log: MasterLog
    role: MasterRole | None = None
    pools: StartedPools | None = None
    watch: ScriptWatch | None = None

    @property
    def shutdown_timeout(self) -> float:
        """Seconds that the plugin waits for running requests before it calls :func:`stop`."""
        return self.settings.workers.shutdown_timeout

    @property
    def slow_handler_warning(self) -> float:
        """Seconds of processor time above which a handler of the master is named; 0: never."""
        return self.settings.workers.slow_handler_warning

    @property
    def native_pools(self) -> list[NativePool]:
        """For the plugin."""
        return [] if self.pools is None else self.pools.native()

    def cancel_coroutines(self, seconds: float) -> None:
        """ShutdownTimeout ends in ``seconds``; returns earlier."""
        self.coroutines.cancel(seconds)

    def reload(self) -> tuple[int, str]:
        """HTTP status, and the answer or what went wrong: for ``/python-runtime/reload``."""
        if self.pools is None:
            return CONFLICT, "no handler is offloaded to workers: there is nothing to reload"
        began = time.monotonic()
        try:
            number = self.pools.generations.reload()
        except ReloadRefusedError as error:
            return error.status, str(error)
        seconds = round(time.monotonic() - began, 3)
        return 200, json.dumps({"Generation": number, "Seconds": seconds}) + "\n"

    def recycle(self, body: bytes) -> tuple[int, str]:
        """HTTP status, and the answer or what is wrong: for ``/python-runtime/recycle``."""
        if self.pools is None:
            return CONFLICT, "no handler is offloaded to workers: there is nothing to recycle"
        try:
            pid = wanted_pid(body)
        except ValueError as error:
            return BAD_REQUEST, str(error)
        leaving = self.pools.generations.recycle(pid)
        if pid is not None and not leaving:
            return NOT_FOUND, f"no worker that serves has the process id {pid}"
        return 200, json.dumps({"Recycled": sorted(leaving)}) + "\n"


def start(native: Native, configuration_json: str, facts: Mapping[str, str]) -> Started:
    """Import the scripts and start the workers they need; blocks until one is ready.

    ``facts``: ``sdk_version`` that the plugin was built for, ``orthanc_version orthanc_path
    orthanc_directory configuration_path``. Raises SettingsError, StartupError, and whatever the
    script raises, also SystemExit; nothing is left running then.
    """
    foreign_threads = frozenset(threading.enumerate())
    orthanc = embedded_module()
    log = OrthancLog(native)
    coroutines = CoroutineLoop(log)
    configuration = json.loads(configuration_json)
    settings = Settings.from_configuration(configuration)
    find_user(settings.workers.run_as)
    _say_versions(log, facts)
    complete(orthanc, log, facts)
    for warning in settings.warnings:
        log.write(LogCode.SETTING_ODD, warning)
    if not settings.python.path:
        log.write(
            LogCode.NO_SCRIPT, "neither Python.Path nor PythonScript is set: no script is loaded"
        )
        return Started(settings, foreign_threads, coroutines, log)

    paths = [Path(path).absolute() for path in settings.python.path]
    check_scripts(paths)
    for folder in {path.parent for path in paths}:
        unload(folder)
    scripts = name_scripts(paths)
    access = Access(configuration, settings, facts, log)
    configured = {pool.name: pool.capacity.count for pool in settings.pools}
    role = MasterRole(settings.inline, access, coroutines.run, configured, not is_debugging())
    role.table.offload_routes(settings.workers.offload_routes)
    roles.install(role)
    if is_debugging():
        log.write(LogCode.DEBUGGING, "for debugging: nothing has a deadline")
        prepare("Orthanc")
    for script in scripts:
        log.write(LogCode.SCRIPT, f"script {script.path}, imported as {script.module}")
    started = partial(Started, settings, foreign_threads, coroutines, log, role)
    with EarlyServer(settings, scripts, log) as early:
        _load(scripts, role, log)
        role.table.check_routes()
        role.table.freeze()
        handlers = role.table.offloaded()
        if not handlers:
            log.write(LogCode.NOTHING_OFFLOADED, "no offloaded handler: no worker is started")
            return started()
        if settings.inline:
            log.write(
                LogCode.OFFLOADED_INLINE,
                "Python.Workers.Count is 0: offloaded handlers run in Orthanc itself",
            )
            return started()
        plan = WorkerPlan(
            scripts=tuple(scripts),
            handlers=tuple(handlers),
            access=access(),
            build=build_id(),
            facts={
                "configuration": configuration_json,
                **{name: facts.get(name, "") for name in WORKER_FACTS},
            },
            offload_routes=tuple(route.pattern for route in settings.workers.offload_routes),
        )
        http = HttpServer(settings.http_threads, http_port(configuration), role.table.has_functions)
        pools = start_pools(native, _used_pools(settings, role, plan, log), http, plan, log, early)
    role.connect(pools.connected)
    watch = None
    if settings.workers.reload_on_change:
        watch = _watch(paths, pools.generations, log)
    return started(pools, watch)


def stop(started: Started, deadline: float) -> bool:
    """End the workers of a start within ``deadline`` seconds; true if all are gone. Idempotent.

    To be called once the requests in flight are answered: what still runs is killed in the end.
    """
    if started.watch is not None:
        started.watch.stop(0)
    started.coroutines.begin_stop()
    pools = started.pools
    ended = pools is None or pools.generations.stop(deadline - THREADS_RESERVE)
    for pool in started.native_pools:
        pool.stop()
    reserve = time.monotonic() + THREADS_RESERVE
    if started.role is not None:
        ended &= started.role.stop(reserve)
    ended &= started.coroutines.stop(reserve)
    for name in end_threads(
        running_threads(started.foreign_threads), time.monotonic() + THREADS_RESERVE
    ):
        started.log.write(
            LogCode.THREAD_LEFT,
            f"thread {name} of the script does not end; its calls into Orthanc will raise",
        )
        ended = False
    return ended


def _load(scripts: list[Script], role: MasterRole, log: MasterLog) -> None:
    try:
        load_scripts(scripts, role.table)
    finally:
        for file, instead in hidden_modules(scripts).items():
            log.write(
                LogCode.MODULE_HIDDEN,
                f"{file} is hidden by {instead}: the scripts share the modules beside them, "
                "and an import of that name finds one of the two",
            )


def _used_pools(
    settings: Settings, role: MasterRole, plan: WorkerPlan, log: MasterLog
) -> list[PoolToStart]:
    """Those that something is offloaded to, each with a token of its own."""
    used = [pool for pool in settings.pools if pool.name in role.table.pools]
    for pool in settings.pools[1:]:
        if pool not in used:
            log.write(
                LogCode.POOL_UNUSED,
                f"no handler is offloaded to the pool {pool.name}: it has no workers",
            )
    return [
        PoolToStart(
            pool,
            plan.access.token if pool.name == DEFAULT_POOL else new_token(),
            frozenset(role.table.pools[pool.name]),
        )
        for pool in used
    ]


def _watch(scripts: list[Path], generations: Generations, log: MasterLog) -> ScriptWatch:
    def changed(names: list[str]) -> None:
        log.write(
            LogCode.SCRIPT_CHANGED,
            f"{', '.join(names)} changed: the workers are reloaded; handlers that run in Orthanc "
            "itself stay as they are until it is restarted",
        )
        with contextlib.suppress(ReloadRefusedError):  # the log has it
            generations.reload()

    watch = ScriptWatch(scripts, changed)
    watch.start()
    return watch


def _say_versions(log: MasterLog, facts: Mapping[str, str]) -> None:
    log.write(
        LogCode.VERSIONS,
        f"Orthanc Runtime {__version__}, built for SDK {facts.get('sdk_version', 'unknown')}, in "
        f"Orthanc {facts.get('orthanc_version', 'unknown')}",
    )
    version = ".".join(str(part) for part in sys.version_info[:3])
    log.write(
        LogCode.PYTHON_IN_USE,
        f"Python {version}, prefix {sys.prefix}, executable {sys.executable}",
    )
