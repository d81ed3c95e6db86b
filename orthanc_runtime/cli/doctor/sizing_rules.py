# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about numbers of the configuration: workers, HTTP threads, queues, deadlines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orthanc_runtime.capacity import MARGIN
from orthanc_runtime.cli.doctor.facts import Facts
from orthanc_runtime.findings import Finding, Level
from orthanc_runtime.role import DEFAULT_POOL, Transport
from orthanc_runtime.settings_reading import PoolSettings

MEGABYTE = 1024 * 1024
# Resident memory of a worker with numpy, pydicom and requests; its own where it runs.
USUAL_WORKER = 60 * MEGABYTE


def settings_are_right(facts: Facts) -> Iterator[Finding]:
    configured = facts.configured
    if configured is None:
        return
    if configured.error:
        yield Finding(
            Level.ERROR,
            configured.error,
            "Orthanc does not start with it",
            "`orthanc-runtime config example` shows all settings",
            "Python",
        )
    if configured.settings is None:
        return
    for warning in configured.settings.warnings:
        yield Finding(Level.NOTE, warning, place="Python")
    if configured.settings.python.path is None:
        yield Finding(
            Level.WARNING,
            "no script is loaded",
            "neither Python.Path nor PythonScript is set",
            'add "PythonScript": "/path/to/script.py"',
            "PythonScript",
        )


def connections_are_fast(facts: Facts) -> Iterator[Finding]:
    content: Any = {} if facts.configured is None else facts.configured.content
    if content.get("TcpNoDelay") is False:
        yield Finding(
            Level.WARNING,
            "TcpNoDelay is false",
            "each call of rest in a worker, and many answers to clients, take 40 ms longer",
            'set "TcpNoDelay" to true',
            "TcpNoDelay",
        )
    if content.get("KeepAlive") is False:
        yield Finding(
            Level.WARNING,
            "KeepAlive is false",
            "each request, also of rest in a worker, needs a new connection",
            'set "KeepAlive" to true',
            "KeepAlive",
        )


def workers_fit_cores(facts: Facts) -> Iterator[Finding]:
    configured, machine = facts.configured, facts.machine
    if configured is None or configured.settings is None or machine is None:
        return
    cores, count = machine.cores, configured.workers
    if count > cores:
        yield Finding(
            Level.WARNING,
            f"{count} workers for {cores} usable cores",
            "computations get slower by sharing cores, and each worker needs memory",
            f"lower Count to {cores}, unless handlers mostly wait for others (disk, network)",
            "Python.Workers.Count",
        )
    for pool in configured.settings.pools:
        threads = pool.workers.threads
        if threads > 1 and threads * pool.capacity.count > cores:
            yield Finding(
                Level.WARNING,
                f"{pool.capacity.count} workers with {threads} threads each for {cores} cores",
                "numeric libraries get slower where their threads share cores",
                f"set Threads to {max(1, cores // pool.capacity.count)}, or lower Count",
                f"{_section(pool)}.Threads",
            )


def workers_fit_memory(facts: Facts) -> Iterator[Finding]:
    configured, machine = facts.configured, facts.machine
    if configured is None or configured.settings is None or machine is None:
        return
    measured = worker_memory(facts)
    wanted = 0
    for pool in configured.settings.pools:
        each = pool.workers.maximum_memory * MEGABYTE or measured.get(pool.name, USUAL_WORKER)
        wanted += pool.capacity.count * each
    if wanted > machine.memory * 3 // 4:
        largest = any(pool.workers.maximum_memory for pool in configured.settings.pools)
        yield Finding(
            Level.WARNING,
            f"{configured.workers} workers need {wanted // MEGABYTE} MB, this machine has "
            f"{machine.memory // MEGABYTE} MB",
            ("MaximumMemory allows them that much; " if largest else "")
            + "where memory runs out, the kernel ends a worker, and its request gets 502",
            "lower Count or MaximumMemory, or share memory by Preload",
            "Python.Workers.Count",
        )


def threads_serve_workers(facts: Facts) -> Iterator[Finding]:
    """Each request in a worker holds an HTTP thread, and its way back may need another one."""
    configured = facts.configured
    if configured is None or configured.settings is None or configured.settings.inline:
        return
    settings = configured.settings
    notes = [note for pool in settings.pools for note in pool.capacity.notes]
    for note in notes:
        yield Finding(
            Level.WARNING,
            note,
            "cores stay idle, or clients are refused",
            "raise HttpThreadsCount",
            "HttpThreadsCount",
        )
    back = settings.workers.rest_transport is Transport.HTTP
    needed = configured.workers * (2 if back else 1) + MARGIN
    queued = sum(pool.capacity.admitted - pool.capacity.count for pool in settings.pools)
    explicit = all(pool.workers.maximum_queued is not None for pool in settings.pools)
    if queued <= 0 and not explicit and not notes:
        yield Finding(
            Level.WARNING,
            f"no request can wait for a worker: HttpThreadsCount is {settings.http_threads}",
            f"{configured.workers} workers need {needed} HTTP threads"
            + (", two each since RestTransport is Http" if back else "")
            + "; one request more is answered with 503 at once",
            f"set HttpThreadsCount to {needed + 2 * configured.workers} or more",
            "HttpThreadsCount",
        )
    for pool in settings.pools:
        waiting = pool.capacity.admitted - pool.capacity.count
        if pool.workers.maximum_queued is not None and waiting > settings.http_threads - MARGIN:
            yield Finding(
                Level.WARNING,
                f"{waiting} requests may wait, but HttpThreadsCount is {settings.http_threads}",
                "each holds an HTTP thread: Orthanc answers nobody else before as many wait",
                f"lower MaximumQueued, or set HttpThreadsCount to {waiting + needed}",
                f"{_section(pool)}.MaximumQueued",
            )


def deadlines_fit_clients(facts: Facts) -> Iterator[Finding]:
    """Who waits less than Orthanc leaves work behind that nobody needs."""
    configured = facts.configured
    if configured is None or configured.settings is None:
        return
    for pool in configured.settings.pools:
        workers = pool.workers
        if workers.timeout == 0:
            yield Finding(
                Level.NOTE,
                "handlers have no deadline",
                "one that hangs keeps its worker for ever",
                "set Timeout, and @offload(timeout=0) where it may take long",
                f"{_section(pool)}.Timeout",
            )
        if facts.client_timeout is None:
            continue
        longest = workers.queue_timeout + workers.timeout
        if workers.timeout == 0 or longest > facts.client_timeout:
            shown = f"{longest:g} s" if workers.timeout else "any time"
            yield Finding(
                Level.WARNING,
                f"an answer may take {shown}, clients wait {facts.client_timeout:g} s",
                f"QueueTimeout is {workers.queue_timeout:g}, Timeout {workers.timeout:g}: a worker "
                "goes on for a client that has gone",
                "lower them until their sum is below, by @offload(timeout=) for single handlers, "
                "or have clients and proxies (nginx: proxy_read_timeout) wait longer",
                f"{_section(pool)}.Timeout",
            )


def worker_memory(facts: Facts) -> dict[str, int]:
    """Bytes of the largest worker of each pool that runs."""
    running = facts.running
    pools = () if running is None or running.status is None else running.status["Pools"]
    return {
        pool["Name"]: max(worker["Memory"] for worker in pool["Workers"])
        for pool in pools
        if pool["Workers"]
    }


def _section(pool: PoolSettings) -> str:
    named = "" if pool.name == DEFAULT_POOL else f".Pools.{pool.name}"
    return f"Python.Workers{named}"
