# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the pools of workers that the script needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from orthanc_runtime.errors import StartupError
from orthanc_runtime.forkserver import SERVER_MODULE
from orthanc_runtime.generations import Generations, PoolOfGenerations
from orthanc_runtime.launch import WorkerPlan
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.master_role import ConnectedPool
from orthanc_runtime.native import Native, NativePool
from orthanc_runtime.role import DEFAULT_POOL
from orthanc_runtime.settings import StartMethod
from orthanc_runtime.settings_reading import PoolSettings
from orthanc_runtime.submissions import Submissions
from orthanc_runtime.supervisor import Supervisor

# The supervisor reports a late worker itself, with more to say than "nothing came".
SUPERVISOR_ALLOWANCE = 5.0


@dataclass(frozen=True)
class HttpServer:
    """Of Orthanc; ``port`` is 0 where there is none."""

    threads: int
    port: int


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
    pools: Sequence[PoolSettings],
    tokens: Sequence[str],
    http: HttpServer,
    plan: WorkerPlan,
    log: MasterLog,
) -> StartedPools:
    """Blocks until each pool has a worker. ``tokens``: that of each pool, by which Orthanc knows
    where a request comes from. Raises StartupError; nothing is left running then.
    """
    connected: dict[str, ConnectedPool] = {}
    supervised = []
    for pool, token in zip(pools, tokens, strict=True):
        for note in pool.capacity.notes:
            log.write(LogCode.CAPACITY_LIMITED, note)
        made = _native_pool(native, pool, token, http)
        submissions = Submissions(pool.capacity.count, pool.workers.maximum_submitted, log)
        connected[pool.name] = ConnectedPool(made, submissions)
        supervised.append(_supervised(made, pool, _plan_of(pool, token, plan), log))
    log.write(
        LogCode.WORKERS_PLANNED,
        f"{' and '.join(map(_described, pools))}; the script is imported once more in each of them",
    )
    generations = Generations(supervised, log)
    try:
        generations.start()
    except StartupError:
        for each in connected.values():
            each.native.stop()
        raise
    return StartedPools(connected, generations)


def _native_pool(native: Native, pool: PoolSettings, token: str, http: HttpServer) -> NativePool:
    return native.Pool(
        name=pool.name,
        count=pool.capacity.count,
        admitted=pool.capacity.admitted,
        queue_timeout=pool.workers.queue_timeout,
        default_timeout=pool.workers.timeout,
        quarantine_after=pool.workers.quarantine_after,
        token=token,
        http_threads=http.threads,
        http_port=http.port,
    )


def _supervised(
    native: NativePool, pool: PoolSettings, plan: WorkerPlan, log: MasterLog
) -> PoolOfGenerations:
    count, workers = pool.capacity.count, pool.workers
    return PoolOfGenerations(
        native,
        lambda: Supervisor(native, workers, count, plan, log),
        count,
        workers.startup_timeout + SUPERVISOR_ALLOWANCE,
    )


def _plan_of(pool: PoolSettings, token: str, plan: WorkerPlan) -> WorkerPlan:
    preload: tuple[str, ...] = ()
    if pool.workers.start_method is StartMethod.FORKSERVER:
        preload = (SERVER_MODULE, *pool.workers.preload)
    return dataclasses.replace(
        plan,
        pool=pool.name,
        preload=preload,
        nice=pool.workers.nice,
        access=dataclasses.replace(plan.access, token=token),
    )


def _described(pool: PoolSettings) -> str:
    count = pool.capacity.count
    name = "" if pool.name == DEFAULT_POOL else f" in pool {pool.name}"
    method = pool.workers.start_method.value
    return f"{count} worker{'' if count == 1 else 's'}{name} by {method}"
