# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules of the doctor look at: gathered elsewhere, so that rules are plain functions."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orthanc_runtime.settings_reading import Settings


class PluginKind(enum.Enum):
    """What a library in "Plugins" is."""

    OURS = "ours"
    REFERENCE = "reference"
    OTHER = "other"


@dataclass(frozen=True)
class PluginFile:
    """A library that Orthanc loads."""

    path: Path
    kind: PluginKind
    python: str = ""
    """The Python that ours is built for, as "3.11"."""


@dataclass(frozen=True)
class Environment:
    """The virtual environment of the script."""

    path: Path
    key: str
    """Where it stands in the configuration; empty: the one that the plugin is in."""
    has_python: bool = True
    pythons: tuple[str, ...] = ()
    """Versions that it has packages for, as "3.11"."""


@dataclass(frozen=True)
class Configured:
    """A configuration, and the files that it names."""

    path: Path
    content: Mapping[str, Any] = field(repr=False)
    """It may have passwords."""
    settings: Settings | None = None
    """None where they are refused, for the reason in ``error``."""
    error: str = ""
    plugins: tuple[PluginFile, ...] = ()
    absent: tuple[tuple[str, Path], ...] = ()
    """Keys, and what they name that is not there."""
    environment: Environment | None = None
    obstacles: tuple[tuple[str, str], ...] = ()
    """Keys, and why the user of Orthanc cannot read what they name."""

    @property
    def workers(self) -> int:
        """Of all pools."""
        pools = () if self.settings is None else self.settings.pools
        return sum(pool.capacity.count for pool in pools)


@dataclass(frozen=True)
class Machine:
    """Where Orthanc runs or will run; sizes in bytes, None where they are unknown."""

    cores: int
    memory: int
    """Physical, or the limit of the control group."""
    swap: int
    swap_used: int
    shared_memory: int | None
    """Size of /dev/shm; None where there is none."""
    open_files: int
    """Soft limit of descriptors, of Orthanc where it runs here, else of this process."""
    open_files_used: int | None = None


@dataclass(frozen=True)
class Unit:
    """The systemd unit that Orthanc runs in."""

    name: str
    stop_seconds: float
    """TimeoutStopSec; may be infinite."""
    kill_mode: str
    """As systemd writes it, as is the next one; empty where it did not tell."""
    oom_policy: str


@dataclass(frozen=True)
class Package:
    """This installation."""

    version: str
    python: str
    """As "3.11"."""
    sdk: tuple[int, int, int]
    """That the plugin is built with."""
    library: Path | None
    orthanc: tuple[int, int, int] | None = None
    """Version of the Orthanc that is installed here."""


@dataclass(frozen=True)
class Running:
    """What a running Orthanc says."""

    url: str
    orthanc: tuple[int, int, int] | None
    plugins: tuple[str, ...]
    """Their names, as "orthanc-runtime"."""
    status: Mapping[str, Any] | None
    """Of our plugin, see docs/operations.md; None where it is not loaded."""


@dataclass(frozen=True)
class Facts:
    """None for what was not looked at."""

    package: Package
    configured: Configured | None = None
    machine: Machine | None = None
    running: Running | None = None
    unit: Unit | None = None
    client_timeout: float | None = None
    """Seconds that clients or proxies wait for an answer."""
