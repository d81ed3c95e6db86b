# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory limit of a control group, as a container or a systemd unit has it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import server as servers
from idle_workers import DEADLINE, kill, wait_whole
from launcher import Launcher

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

MEBIBYTE = 2**20
CGROUPS = Path("/sys/fs/cgroup")
# Limit, use, and how much may be swapped, of version 1 and 2.
FILES = (
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.swappiness"),
    ("memory.max", "memory.current", "memory.swap.max"),
)

SCRIPT = r"""
import os
import orthanc
from orthanc_runtime import in_worker, offload

if in_worker:
    with open(os.path.join(os.path.dirname(__file__), "mebibytes")) as file:
        ballast = os.urandom(int(file.read()) * 2**20)

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
def eat(output, uri, **request):
    eaten = []
    while True:
        eaten.append(os.urandom(2**20))

orthanc.RegisterRestCallback("/ping", ping)
orthanc.RegisterRestCallback("/eat", eat)
"""


class MemoryGroup:
    """A control group of the test's own, of version 1 or 2. Raises OSError where none can be."""

    def __init__(self) -> None:
        first = CGROUPS / "memory"
        version_1 = first.is_dir()
        self.folder = (first if version_1 else CGROUPS) / f"orthanc-runtime-{uuid.uuid4().hex[:8]}"
        names = FILES[0] if version_1 else FILES[1]
        self._limit, self._used, self._swap = (self.folder / name for name in names)
        self._none = "-1" if version_1 else "max"
        self.folder.mkdir()

    def prepare(self) -> None:
        """Raises OSError where memory is not controlled here."""
        self.unlimited()
        if self._swap.exists():
            self._swap.write_text("0")

    def limit(self, more: int) -> None:
        """To so many MiB more than is used now."""
        self._limit.write_text(str(int(self._used.read_text()) + more * MEBIBYTE))

    def unlimited(self) -> None:
        self._limit.write_text(self._none)


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryGroup]:
    """In which the servers of this module start; asked for first, so that it ends after them."""
    try:
        group = MemoryGroup()
    except OSError as error:
        pytest.skip(f"needs control groups that it may change: {error}")
    try:
        try:
            group.prepare()
        except OSError as error:
            pytest.skip(f"needs control groups for memory: {error}")
        wrapper = tmp_path_factory.mktemp("bin") / "Orthanc"
        wrapper.write_text(
            f"#!/bin/sh\necho $$ >{group.folder}/cgroup.procs\n"
            f'exec {servers.orthanc_binary()} "$@"\n'
        )
        wrapper.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(servers, "orthanc_binary", lambda: str(wrapper))
            yield group
    finally:
        group.folder.rmdir()


def test_the_kernel_ends_workers_for_want_of_memory(group: MemoryGroup, orthanc: Launcher) -> None:
    """First the worker of a handler that wants too much, then those that find no room: never
    Orthanc, its fork server, or a worker that serves."""
    server = orthanc(SCRIPT, config={"Python": {"Workers": 2}}, files={"mebibytes": "1"})
    wait_whole(server)
    group.limit(more=60)
    answer = server.get("/eat")
    assert answer.status_code == 502
    assert "SIGKILL" in answer.text
    server.wait_log("ORT-2101 .*by the kernel for want of memory", DEADLINE)
    first, second = wait_whole(server)

    ballast = server.script_folder / "mebibytes"
    ballast.write_text("150")
    group.limit(more=60)
    kill(first)
    for _ in range(3):
        found = server.wait_log(
            r"ORT-2103 .*by the kernel for want of memory, before it was ready",
            DEADLINE,
            server.log_offset,
        )
        server.log_offset = found.end()
        assert int(server.get("/ping").text) == second
    ballast.write_text("1")
    assert second in wait_whole(server)
