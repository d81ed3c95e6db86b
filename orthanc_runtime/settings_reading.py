# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the settings from Orthanc's configuration, and check them against each other."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from orthanc_runtime.capacity import Capacity, Wanted, plan_capacity
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.role import DEFAULT_POOL, Transport
from orthanc_runtime.setting_types import Number, wrong
from orthanc_runtime.settings import (
    PythonSettings,
    WorkerSettings,
    declarations,
    keys_of,
    pool_keys,
)
from orthanc_runtime.usable_cores import usable_cores

DEFAULT_HTTP_THREADS = 50
POOL_NAME = re.compile("[A-Za-z0-9_-]{1,32}")

Section = TypeVar("Section")


OLDER_NAMES = {"PythonScript": "Path", "PythonVerbose": "Verbose"}


@dataclass(frozen=True)
class PoolSettings:
    """One pool of workers."""

    name: str
    workers: WorkerSettings
    """Those of ``Python.Workers``, with what the pool sets itself."""
    capacity: Capacity


@dataclass(frozen=True)
class Settings:
    """The settings of one start, checked against each other."""

    python: PythonSettings
    pools: tuple[PoolSettings, ...]
    """The default pool is the first one."""
    warnings: tuple[str, ...]
    http_threads: int = DEFAULT_HTTP_THREADS

    @property
    def workers(self) -> WorkerSettings:
        """The section ``Workers``."""
        return self.pools[0].workers

    @property
    def inline(self) -> bool:
        """``Count`` is 0: what is offloaded runs in Orthanc itself."""
        return self.pools[0].capacity.count == 0

    @classmethod
    def from_configuration(
        cls, configuration: Mapping[str, Any], cores: int | None = None
    ) -> Settings:
        """Read Orthanc's configuration; ``cores`` replaces the cores found on this machine.

        Raises SettingsError, which names key, value, what is allowed, and the nearest known key.
        """
        section = configuration.get("Python", {})
        if not isinstance(section, Mapping):
            raise wrong("Python", section, "an object")
        warnings: list[str] = []
        known = [*keys_of(PythonSettings), "Workers"]
        for key in section:
            if key not in known:
                warnings.append(_unknown_python_key(key, known))
        given = {key: section[key] for key in section if key in known and key != "Workers"}
        older = _add_older_names(given, configuration)
        python = _read(PythonSettings, "Python", given, older)
        workers = _read_workers(section.get("Workers", {}))
        if python.allow_threads is not None:
            warnings.append("Python.AllowThreads has no effect: SDK calls always release the GIL")
        if python.display_memory_usage:
            warnings.append("Python.DisplayMemoryUsage has no effect")
        http_threads = Number(1, whole=True).read(
            "HttpThreadsCount", configuration.get("HttpThreadsCount", DEFAULT_HTTP_THREADS)
        )
        named = _read_pools(workers)
        capacities = plan_capacity(
            Wanted("Python.Workers", workers.count, workers.maximum_queued),
            [
                Wanted(f"Python.Workers.Pools.{name}", each.count, each.maximum_queued)
                for name, each in named.items()
            ],
            int(http_threads),
            usable_cores() if cores is None else cores,
            workers.rest_transport is Transport.HTTP,
        )
        pools = tuple(
            PoolSettings(name, each, capacity)
            for (name, each), capacity in zip(
                {DEFAULT_POOL: workers, **named}.items(), capacities, strict=True
            )
        )
        known_pools = [pool.name for pool in pools]
        for route in workers.offload_routes:
            if route.pool not in known_pools:
                raise wrong(
                    "pool of Python.Workers.OffloadRoutes", route.pool, ", ".join(known_pools)
                )
        return cls(python, pools, tuple(warnings), int(http_threads))


def nearest(key: str, known: Iterable[str]) -> str | None:
    """The known key that ``key`` looks like, if any."""
    folded = {candidate.lower(): candidate for candidate in known}
    matches = difflib.get_close_matches(key.lower(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def _read(
    section: type[Section],
    name: str,
    given: Mapping[str, Any],
    older: Mapping[str, str] | None = None,
) -> Section:
    """``older``: the names under which keys were found outside the section."""
    names = older or {}
    values = {
        attribute: declaration.kind.read(
            names.get(declaration.key, f"{name}.{declaration.key}"), given[declaration.key]
        )
        for attribute, declaration in declarations(section).items()
        if given.get(declaration.key) is not None
    }
    return section(**values)


def _read_workers(value: object) -> WorkerSettings:
    if not isinstance(value, Mapping):
        count = declarations(WorkerSettings)["count"].kind
        try:
            return WorkerSettings(count=count.read("Python.Workers", value))
        except SettingsError as error:
            raise SettingsError(f"{error}, or an object with {', '.join(_WORKER_KEYS)}") from None
    _refuse_unknown("Python.Workers", value, _WORKER_KEYS)
    return _read(WorkerSettings, "Python.Workers", value)


def _read_pools(workers: WorkerSettings) -> dict[str, WorkerSettings]:
    """The named pools; what one does not set is as in ``Workers``."""
    pools = {}
    for name, given in (workers.pools or {}).items():
        section = f"Python.Workers.Pools.{name}"
        if name == DEFAULT_POOL:
            raise SettingsError(f"{section}: the default pool is set in Python.Workers itself")
        if not POOL_NAME.fullmatch(name):
            raise SettingsError(
                f"{section}: the name of a pool has 1 to 32 letters, digits, - and _"
            )
        _refuse_unknown(section, given, pool_keys())
        kinds = declarations(WorkerSettings)
        values = {
            attribute: entry.kind.read(f"{section}.{entry.key}", given[entry.key])
            for attribute, entry in kinds.items()
            if given.get(entry.key) is not None
        }
        if values.get("count") == 0:
            raise wrong(f"{section}.Count", given["Count"], "a whole number from 1 to 1024")
        own = {"count": 1, "maximum_queued": None, **values}
        pools[name] = dataclasses.replace(workers, **own)
    return pools


def _refuse_unknown(section: str, given: Mapping[str, Any], known: list[str]) -> None:
    for key in given:
        if key not in known:
            close = nearest(key, known)
            hint = f"; did you mean {close}?" if close else ""
            if key in _WORKER_KEYS:
                hint = "; it is one for all pools, in Python.Workers"
            raise SettingsError(
                f"{section}.{key} (value {given[key]!r}) is not a setting{hint} "
                f"Known: {', '.join(known)}"
            )


_WORKER_KEYS = keys_of(WorkerSettings)


def _unknown_python_key(key: str, known: list[str]) -> str:
    """A warning: scripts keep their own options in this section. Raises where it is a slip."""
    if key in _WORKER_KEYS:
        return f"Python.{key} has no effect here, it belongs into Python.Workers"
    close = nearest(key, known)
    if close is not None:
        raise SettingsError(
            f"Python.{key} is not a setting; did you mean Python.{close}? Known: {', '.join(known)}"
        )
    return f"Python.{key} is not a setting of this plugin; it is left to the script"


def _add_older_names(given: dict[str, Any], configuration: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for older, key in OLDER_NAMES.items():
        if older not in configuration:
            continue
        if key in given and given[key] != configuration[older]:
            raise SettingsError(
                f"{older} is {configuration[older]!r} and Python.{key} is {given[key]!r}: "
                "they are the same setting, keep one"
            )
        if key not in given:
            found[key] = older
        given[key] = configuration[older]
    return found
