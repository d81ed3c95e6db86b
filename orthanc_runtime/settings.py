# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting in ``orthanc.json``, declared once.

A field below is a setting: its key, kind and limits, default, and the text that
``config/orthanc.example.json`` and the schema show (see :mod:`orthanc_runtime.settings_files`).
They are read by :mod:`orthanc_runtime.settings_reading`.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orthanc_runtime.role import OffloadedRoute, Transport
from orthanc_runtime.setting_types import (
    Boolean,
    Choice,
    Kind,
    Number,
    PathList,
    RouteList,
    Sections,
    Text,
    TextList,
    seconds,
)


class StartMethod(enum.Enum):
    """How a worker process comes to life."""

    FORKSERVER = "ForkServer"
    SPAWN = "Spawn"


@dataclass(frozen=True)
class Declaration:
    """What a setting is, beside its default."""

    key: str
    kind: Kind
    text: str
    of_pool: bool = False
    """A named pool may have its own."""


def setting(key: str, kind: Kind, default: Any, text: str, of_pool: bool = False) -> Any:
    """A dataclass field that is a setting. A default of None is computed, or means absent."""
    return field(default=default, metadata={"declaration": Declaration(key, kind, text, of_pool)})


class LogFormat(enum.Enum):
    """How our lines stand in Orthanc's log."""

    TEXT = "Text"
    JSON = "Json"


@dataclass(frozen=True)
class WorkerSettings:
    """``Python.Workers``; a number there is short for ``Count``."""

    count: int | None = setting(
        "Count",
        Number(0, 1024, whole=True),
        None,
        "Number of worker processes. By default one for each usable core, as far as "
        "HttpThreadsCount allows: a request in a worker needs an HTTP thread, two where "
        "RestTransport is Http. 0 runs offloaded handlers in Orthanc itself, for debugging.",
        of_pool=True,
    )
    start_method: StartMethod = setting(  # noqa: RUF009
        "StartMethod",
        Choice(StartMethod),
        StartMethod.FORKSERVER,
        "ForkServer starts a worker in milliseconds from a process that has imported Preload; "
        "Spawn starts a new Python each time, for libraries that cannot be forked.",
        of_pool=True,
    )
    preload: tuple[str, ...] = setting(
        "Preload",
        TextList("a list of module names"),
        (),
        "Modules that the fork server imports once, such as numpy, or those beside the script that "
        "do not import orthanc; workers share their memory. "
        "That may be before the script is imported.",
        of_pool=True,
    )
    timeout: float = setting(
        "Timeout",
        seconds(),
        300.0,
        "Seconds that a handler may take, counted from the moment a worker takes the task; then "
        "the worker is killed and the client gets 504. 0 for no limit. @offload(timeout=) has "
        "precedence.",
        of_pool=True,
    )
    queue_timeout: float = setting(
        "QueueTimeout",
        seconds(),
        45.0,
        "Seconds that a request waits for a free worker before it is answered with 503.",
        of_pool=True,
    )
    maximum_queued: int | None = setting(
        "MaximumQueued",
        Number(0, 1_000_000, whole=True),
        None,
        "Requests that may wait for a worker; one more is answered with 503 at once. By default "
        "two HTTP threads are left for other requests; where RestTransport is Http, at most as "
        "many may wait as HttpThreadsCount allows without starving the workers.",
        of_pool=True,
    )
    maximum_submitted: int = setting(
        "MaximumSubmitted",
        Number(1, 1_000_000, whole=True),
        1000,
        "Calls by f.submit() that may run or wait; one more raises PoolSaturated.",
        of_pool=True,
    )
    startup_timeout: float = setting(
        "StartupTimeout",
        seconds(minimum=0.1),
        60.0,
        "Seconds that a worker may take to start and to import the script.",
        of_pool=True,
    )
    shutdown_timeout: float = setting(
        "ShutdownTimeout",
        seconds(),
        8.0,
        "Seconds that a stopping Orthanc waits for the requests that are running in workers.",
    )
    maximum_tasks: int = setting(
        "MaximumTasks",
        Number(0, 1_000_000_000, whole=True),
        0,
        "Tasks after which a worker is replaced, for handlers that leak; between 80 and 100 % of "
        "it, so that workers do not leave in step. The successor starts first. 0 for no limit.",
        of_pool=True,
    )
    maximum_memory: int = setting(
        "MaximumMemory",
        Number(0, 1_000_000_000, whole=True),
        0,
        "Resident memory in MB above which a worker is replaced after its task, its successor "
        "first. What it has from the fork server does not count. 0 for no limit.",
        of_pool=True,
    )
    quarantine_after: int = setting(
        "QuarantineAfter",
        Number(0, 1_000_000, whole=True),
        5,
        "Workers that a handler may crash in a row; then its requests are answered with 503, for "
        "10 seconds first, and for twice as long, up to 300, each time that it crashes again. 0 "
        "for no quarantine.",
        of_pool=True,
    )
    nice: int = setting(
        "Nice",
        Number(0, 19, whole=True),
        0,
        "Added to the niceness of the workers: with 10 Orthanc itself stays responsive while all "
        "cores compute.",
        of_pool=True,
    )
    pools: Mapping[str, Mapping[str, Any]] | None = setting(
        "Pools",
        Sections("an object with an object for each pool"),
        None,
        "Workers for the functions with @offload(pool=), by the name of the pool. What a pool does "
        "not set is as for the others, but Count, which is 1, and MaximumQueued. Pools share "
        "HttpThreadsCount evenly.",
    )
    run_as: str | None = setting(
        "RunAs",
        Text("the name of a user"),
        None,
        "User of the workers, where Orthanc runs as root: with its groups and its home folder. It "
        "must be able to read the script, the Python environment, and RestClientKey.",
    )
    offload_routes: tuple[OffloadedRoute, ...] = setting(
        "OffloadRoutes",
        RouteList("a list of patterns as given to RegisterRestCallback"),
        (),
        "REST routes of an unmodified script whose handlers run in workers, as if they had "
        '@offload; each is a pattern as the script registers it, or {"pattern": ..., "pool": ...}.',
    )
    slow_handler_warning: float = setting(
        "SlowHandlerWarning",
        seconds(),
        1.0,
        "Seconds of processor time after which a REST handler that is not offloaded is named in "
        "the log, once for each route, since all others wait for it. 0 for never.",
    )
    reload_on_change: bool = setting(
        "ReloadOnChange",
        Boolean(),
        False,
        "Start new workers when a Python file of the script's folder changes, for development; as "
        "POST /python-runtime/reload does.",
    )
    rest_transport: Transport = setting(  # noqa: RUF009
        "RestTransport",
        Choice(Transport),
        Transport.AUTO,
        "How rest reaches Orthanc in workers. Auto: by HTTP while half of Orthanc's HTTP threads "
        "have no connection, else as orthanc.RestApiGet does, which needs none. Http: by HTTP, so "
        "that fewer requests can be with the workers, but where Orthanc would wait for the worker "
        "that waits for it. Channel: never by HTTP.",
    )
    rest_url: str | None = setting(
        "RestUrl",
        Text("the URL of this Orthanc, such as http://127.0.0.1:8042"),
        None,
        "Base URL of this Orthanc for the rest object. By default made from HttpPort, "
        "HttpBindAddresses and SslEnabled.",
    )
    rest_client_certificate: str | None = setting(
        "RestClientCertificate",
        Text("the path of a PEM file"),
        None,
        "PEM file with the certificate that the rest object shows where SslVerifyPeers is true.",
    )
    rest_client_key: str | None = setting(
        "RestClientKey",
        Text("the path of a PEM file"),
        None,
        "PEM file with the private key of RestClientCertificate.",
    )
    threads: int = setting(
        "Threads",
        Number(1, 1024, whole=True),
        1,
        "Threads of numeric libraries in each worker (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, "
        "MKL_NUM_THREADS).",
        of_pool=True,
    )


@dataclass(frozen=True)
class PythonSettings:
    """The section ``Python``, without ``Workers``."""

    path: tuple[str, ...] | None = setting(
        "Path",
        PathList("the path of a Python file, or a list of such paths"),
        None,
        "The Python script to load, or a list of scripts, which are imported in that order, each "
        "as a module of its own; __init__.py is a package. PythonScript, outside this section, is "
        "an older name.",
    )
    verbose: bool = setting(
        "Verbose",
        Boolean(),
        False,
        "Have Python log each import to standard error. PythonVerbose is an older name.",
    )
    virtual_env: str | None = setting(
        "VirtualEnv",
        Text("the folder of a virtual environment"),
        None,
        "Folder of the virtual environment whose packages the script uses. By default the one "
        "that this plugin is installed in, else the Python it was built for.",
    )
    log_format: LogFormat = setting(  # noqa: RUF009
        "LogFormat",
        Choice(LogFormat),
        LogFormat.TEXT,
        "Json writes what this plugin, its workers and the script log as JSON objects, one a line, "
        "into Orthanc's log: time, level, code, task, request, worker, handler and message.",
    )
    allow_threads: bool | None = setting(
        "AllowThreads",
        Boolean(),
        None,
        "Accepted for scripts of the reference plugin, without effect: threads always run.",
    )
    display_memory_usage: bool | None = setting(
        "DisplayMemoryUsage",
        Boolean(),
        None,
        "Accepted for configurations of the reference plugin, without effect.",
    )


def declarations(section: type) -> dict[str, Declaration]:
    """Field name to declaration, in the order they are written."""
    return {entry.name: entry.metadata["declaration"] for entry in dataclasses.fields(section)}


def keys_of(section: type) -> list[str]:
    """The keys of a section as they are written in ``orthanc.json``."""
    return [declaration.key for declaration in declarations(section).values()]


def pool_keys() -> list[str]:
    """The keys that a named pool may set."""
    return [entry.key for entry in declarations(WorkerSettings).values() if entry.of_pool]
