# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the pools of workers that the script needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from orthanc_runtime.capacity import admitted_sharing
from orthanc_runtime.early_server import Begun, EarlyServer
from orthanc_runtime.errors import StartupError
from orthanc_runtime.forkserver import SERVER_MODULE
from orthanc_runtime.generations import Generations, PoolOfGenerations
from orthanc_runtime.launch import WorkerPlan
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.master_role import ConnectedPool
from orthanc_runtime.native import Native, NativePool
from orthanc_runtime.role import DEFAULT_POOL, Transport
from orthanc_runtime.settings import StartMethod
from orthanc_runtime.settings_reading import PoolSettings
from orthanc_runtime.submissions import Submissions
from orthanc_runtime.supervisor import Supervisor

# The supervisor reports a late worker itself, with more to say than "nothing came".
SUPERVISOR_ALLOWANCE = 5.0


@dataclass(frozen=True)
class HttpServer:
    """Of Orthanc; ``port`` is 0 where there is none. ``functions``: callbacks that Orthanc waits
    for may call offloaded functions."""

    threads: int
    port: int
    functions: bool = False


@dataclass(frozen=True)
class PoolToStart:
    """A pool that something is offloaded to."""

    settings: PoolSettings
    token: str
    """By which Orthanc knows the requests of its workers."""
    concurrencies: frozenset[int] = frozenset({1})
    """Of all that is offloaded to it."""

    @property
    def concurrency(self) -> int:
        """Tasks that a worker may have at once."""
        return max(self.concurrencies)

    @property
    def only_shared(self) -> bool:
        """No task needs a worker of its own."""
        return min(self.concurrencies) > 1


@dataclass(frozen=True)
class StartedPools:
    """Pools whose workers serve."""

    connected: dict[str, ConnectedPool]
    """By name."""
    generations: Generations

    def native(self) -> list[NativePool]:
        return [pool.native for pool in self.connected.values()]


def start_pools(
    native: Native,
    pools: Sequence[PoolToStart],
    http: HttpServer,
    plan: WorkerPlan,
    log: MasterLog,
    early: EarlyServer,
) -> StartedPools:
    """Blocks until each pool has a worker. Raises StartupError; nothing is left running then."""
    connected: dict[str, ConnectedPool] = {}
    supervised = []
    for pool in pools:
        settings = pool.settings
        for note in settings.capacity.notes:
            log.write(LogCode.CAPACITY_LIMITED, note)
        made = _native_pool(native, pool, http)
        at_once = settings.capacity.count * pool.concurrency
        submissions = Submissions(at_once, settings.workers.maximum_submitted, log)
        connected[settings.name] = ConnectedPool(made, submissions)
        begun = early.take() if settings.name == DEFAULT_POOL else None
        supervised.append(_supervised(made, settings, _plan_of(pool, plan), log, begun))
    log.write(
        LogCode.WORKERS_PLANNED,
        f"{' and '.join(map(_described, pools))}; the script is imported once more in each of them",
    )
    generations = Generations(supervised, [script.path for script in plan.scripts], log)
    try:
        generations.start()
    except StartupError:
        for each in connected.values():
            each.native.stop()
        raise
    return StartedPools(connected, generations)


def _native_pool(native: Native, pool: PoolToStart, http: HttpServer) -> NativePool:
    settings = pool.settings
    count, workers = settings.capacity.count, settings.workers
    admitted = settings.capacity.admitted
    if workers.rest_transport is Transport.HTTP:
        admitted = admitted_sharing(admitted, count, pool.concurrency)
    return native.Pool(
        name=settings.name,
        count=count,
        concurrency=pool.concurrency,
        spread=pool.only_shared,
        admitted=admitted,
        queue_timeout=workers.queue_timeout,
        default_timeout=workers.timeout,
        quarantine_after=workers.quarantine_after,
        token=pool.token,
        http_threads=http.threads,
        http_port=http.port,
        functions=http.functions,
    )


def _supervised(
    native: NativePool,
    pool: PoolSettings,
    plan: WorkerPlan,
    log: MasterLog,
    begun: Begun | None,
) -> PoolOfGenerations:
    """``begun`` is for the first generation."""
    count, workers = pool.capacity.count, pool.workers
    of_generation = chain([begun], repeat(None))
    return PoolOfGenerations(
        native,
        lambda: Supervisor(native, workers, count, plan, log, begun=next(of_generation)),
        count,
        workers.startup_timeout + SUPERVISOR_ALLOWANCE,
    )


def _plan_of(pool: PoolToStart, plan: WorkerPlan) -> WorkerPlan:
    workers = pool.settings.workers
    preload: tuple[str, ...] = ()
    if workers.start_method is StartMethod.FORKSERVER:
        preload = (SERVER_MODULE, *workers.preload)
    return dataclasses.replace(
        plan,
        pool=pool.settings.name,
        preload=preload,
        nice=workers.nice,
        shared_lanes=pool.concurrency if pool.concurrency > 1 else 0,
        access=dataclasses.replace(plan.access, token=pool.token),
    )


def _described(to_start: PoolToStart) -> str:
    pool = to_start.settings
    count = pool.capacity.count
    name = "" if pool.name == DEFAULT_POOL else f" in pool {pool.name}"
    method = pool.workers.start_method.value
    return f"{count} worker{'' if count == 1 else 's'}{name} by {method}"
