# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No descriptor, process or address space left: a named error, which passes by itself."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Any

import pytest
from idle_workers import DEADLINE, fork_server, kill, wait_whole
from launcher import Launcher

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os, resource
import orthanc
from orthanc_runtime import offload

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

def open_all():
    opened = []
    try:
        while True:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    finally:
        for fd in opened:
            os.close(fd)

@offload
def descriptors(output, uri, **request):
    open_all()

@offload
def processes(output, uri, **request):
    # of the fork server: only a process of its own user may set it
    soft, hard = resource.prlimit(os.getppid(), resource.RLIMIT_NPROC)
    limits = (int(request["get"]["limit"]), hard)
    resource.prlimit(os.getppid(), resource.RLIMIT_NPROC, limits)
    output.AnswerBuffer(str(soft), "text/plain")

orthanc.RegisterRestCallback("/ping", ping)
orthanc.RegisterRestCallback("/descriptors", descriptors)
orthanc.RegisterRestCallback("/processes", processes)
"""


def start(orthanc: Launcher, **workers: Any) -> Any:
    return orthanc(SCRIPT, config={"Python": {"Workers": {"Count": 2, **workers}}})


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_orthanc_has_no_descriptor_for_a_new_worker(orthanc: Launcher, method: str) -> None:
    """One worker is left, and serves; the other comes back when there are descriptors again."""
    server = start(orthanc, StartMethod=method)
    first, second = wait_whole(server)
    usual = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
    kept = server.in_background("/system")  # what Orthanc opens with its first request is open
    assert kept.result(DEADLINE).status_code == 200
    spare = descriptors(server.pid) + 2  # for a request, and a descriptor of the index
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (spare, usual[1]))
    kill(first)
    server.wait_log(r"ORT-2103 .*Too many open files", DEADLINE)
    assert int(server.get("/ping").text) == second
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, usual)
    assert first not in wait_whole(server)


def test_a_handler_has_no_descriptor(orthanc: Launcher) -> None:
    server = start(orthanc, Count=1)
    (pid,) = wait_whole(server, 1)
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (64, usual[1]))
    answer = server.get("/descriptors")
    assert answer.status_code == 500
    assert "Too many open files" in answer.text
    assert int(server.get("/ping").text) == pid


def test_no_process_for_a_new_worker(orthanc: Launcher) -> None:
    """The other worker is not lost with the fork server that cannot fork."""
    # The limit does not hold for root.
    user: dict[str, Any] = {"RunAs": "www-data"} if os.geteuid() == 0 else {}
    server = start(orthanc, **user)
    first, second = wait_whole(server)
    parent = fork_server(server)
    usual = server.get("/processes?limit=1").text
    before = descriptors(parent)
    kill(first)
    for _ in range(3):
        found = server.wait_log(
            r"ORT-2103 .*fork: Resource temporarily unavailable", DEADLINE, server.log_offset
        )
        server.log_offset = found.end()
    assert int(server.get("/ping").text) == second
    assert descriptors(parent) <= before
    assert server.get(f"/processes?limit={usual}").text == "1"
    assert second in wait_whole(server)
    assert fork_server(server) == parent


def test_no_memory_for_a_new_worker(orthanc: Launcher) -> None:
    """What there is suffices for the fork server, but not for the script of a worker."""
    script = SCRIPT + "\nBALLAST = bytes(64 * 2**20)\n"
    server = orthanc(script, config={"Python": {"Workers": 2}})
    first, second = wait_whole(server)
    parent = fork_server(server)
    used = int(Path(f"/proc/{parent}/statm").read_text().split()[0]) * resource.getpagesize()
    usual = resource.prlimit(parent, resource.RLIMIT_AS)
    resource.prlimit(parent, resource.RLIMIT_AS, (used + 32 * 2**20, usual[1]))
    kill(first)
    server.wait_log("ORT-2103 .*MemoryError", DEADLINE)
    assert int(server.get("/ping").text) == second
    resource.prlimit(parent, resource.RLIMIT_AS, usual)
    assert second in wait_whole(server)
