# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A start of the master interpreter's code with real workers, but without Orthanc."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import testing_extension

from orthanc_runtime import bootstrap
from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.runtime_folder import PREFIX

DEADLINE = 30.0
LEVELS = {int(code): code.level.name[0] for code in LogCode}
TOKEN = "Bearer 0123"  # noqa: S105


class FakeOrthanc(ModuleType):
    """The ``orthanc`` module as far as the start uses it; keeps the log."""

    def __init__(self) -> None:
        super().__init__("orthanc")
        self.lines: list[tuple[str, str]] = []
        self.tokens = 0
        self._lock = threading.Lock()

    def log(self, code: int, message: bytes, worker: int, handler: str) -> None:
        """As the native module has it."""
        assert isinstance(worker, int)
        assert isinstance(handler, str)
        with self._lock:
            self.lines.append((LEVELS[code], message.decode()))

    def GenerateRestApiAuthorizationToken(self) -> str:
        self.tokens += 1
        return TOKEN

    def text(self) -> str:
        with self._lock:
            return "\n".join(f"{level} {message}" for level, message in self.lines)


class StartedPool:
    """One start of a script; ``module`` is the script in the master."""

    def __init__(self, orthanc: FakeOrthanc, script: Path, workers: dict[str, Any]) -> None:
        self.orthanc = orthanc
        configuration = {"Python": {"Path": str(script), "Workers": workers}}
        facts = {"sdk_version": "1.10.1", "orthanc_version": "1.10.1"}
        native = testing_extension.load()
        vars(native)["log"] = orthanc.log
        self.started = bootstrap.start(native, json.dumps(configuration), facts)
        assert self.started.role is not None
        self.module = sys.modules[self.started.role.table.module]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module, name)

    @property
    def counters(self) -> dict[str, int]:
        (pool,) = self.started.native_pools
        return pool.counters()

    def log_has(self, *words: str) -> str:
        """Wait for a line with all the words."""

        def line() -> str | None:
            lines = self.orthanc.text().splitlines()
            return next((line for line in lines if all(word in line for word in words)), None)

        found: str = eventually(line, lambda: f"no line with {words} in:\n{self.orthanc.text()}")
        return found

    def whole(self, count: int) -> None:
        """Wait until so many workers are idle."""
        eventually(
            lambda: self.counters["idle"] == count, lambda: f"{self.counters} {self.orthanc.text()}"
        )

    def stop(self, deadline: float = 5.0) -> bool:
        # The timers of pytest-timeout come and go with each test; they are not the script's.
        foreign = frozenset(threading.enumerate())
        started = dataclasses.replace(self.started, foreign_threads=foreign)
        return bootstrap.stop(started, deadline)


Start = Callable[..., StartedPool]


def eventually(condition: Callable[[], Any], complaint: Callable[[], str]) -> Any:
    """The first true answer. Raises AssertionError after the deadline."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.01)
    raise AssertionError(complaint())


def runtime_folder() -> Path:
    """Of the one pool; where the path of the temporary folder is too long for a socket it lies in
    /tmp."""
    parents = {Path(tempfile.gettempdir()), Path("/tmp")}  # noqa: S108
    (found,) = (file for each in parents for file in each.glob(f"{PREFIX}{os.getpid()}-*"))
    return found


def family() -> dict[int, str]:
    """Command lines of all descendants of this process, zombies included."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found: set[int] = set()
    pending = {os.getpid()}
    while pending:
        pending = {child for child, parent in parents.items() if parent in pending} - found
        found |= pending
    return {pid: _command(pid) for pid in found}


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return ""
