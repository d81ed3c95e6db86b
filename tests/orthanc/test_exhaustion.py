# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No descriptor, no disk, no process or no memory left: a named error, which passes by itself."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from processes import wait_gone
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

DEADLINE = 30.0
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounts a file system")

SCRIPT = r"""
import os, resource, tempfile
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

def fill(folder):
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        while True:
            file.write(bytes(2**20))

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

@offload
def disk(output, uri, **request):
    fill(request["get"]["folder"])

orthanc.RegisterRestCallback("/ping", ping)
orthanc.RegisterRestCallback("/descriptors", descriptors)
orthanc.RegisterRestCallback("/disk", disk)
orthanc.RegisterRestCallback("/processes", processes)
"""


def start(orthanc: Launcher, environment: dict[str, str] | None = None, **workers: Any) -> Any:
    config = {"Python": {"Workers": {"Count": 2, **workers}}}
    return orthanc(SCRIPT, config=config, environment=environment)


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def idle_workers(server: OrthancServer) -> list[int]:
    """Their pids."""
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    return [worker["Pid"] for worker in pool["Workers"] if worker["State"] == "idle"]


def wait_whole(server: OrthancServer, count: int = 2) -> list[int]:
    """Until so many workers are idle; the status offers no event for that."""
    deadline = time.monotonic() + DEADLINE
    while len(found := idle_workers(server)) != count:
        assert time.monotonic() < deadline, server.log
        time.sleep(0.02)
    return found


def fork_server(server: OrthancServer) -> int:
    (pid,) = [each.pid for each in server.children() if each.name.endswith("forkserver")]
    return pid


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        assert wait_gone(pid, DEADLINE)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system with room for few files, with a short path: there will be a socket in it."""
    folder = Path(tempfile.mkdtemp(prefix="orthanc-small-"))
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=40,mode=1777", "tmpfs", str(folder)],
        check=True,
    )
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def fill_up(folder: Path) -> None:
    """Until no further file can be made."""
    for number in range(100):
        try:
            (folder / f"filling-{number}").touch()
        except OSError as error:
            assert error.strerror == "No space left on device"  # noqa: PT017
            return
    raise AssertionError(f"{folder} is never full")


def make_room(folder: Path) -> None:
    for file in folder.glob("filling-*"):
        file.unlink()


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


@as_root
def test_a_handler_fills_the_disk(orthanc: Launcher, small_disk: Path) -> None:
    server = start(orthanc, Count=1)
    answer = server.get(f"/disk?folder={small_disk}")
    assert answer.status_code == 500
    assert "No space left on device" in answer.text
    assert server.get("/ping").status_code == 200


@as_root
def test_the_temporary_folder_is_full_later(orthanc: Launcher, small_disk: Path) -> None:
    """Workers need no file; a new fork server does, and the pool waits until there is room."""
    server = start(orthanc, {"TMPDIR": str(small_disk)})
    fill_up(small_disk)
    kill(*wait_whole(server))
    assert server.get("/ping").status_code == 200
    wait_whole(server)
    kill(fork_server(server))
    server.wait_log(r"ORT-2103 .*No space left on device", DEADLINE)
    server.wait_log("ORT-2105", DEADLINE)
    answer = server.get("/ping")
    assert answer.status_code == 503
    assert "No space left on device" in answer.text
    reload = server.post("/python-runtime/reload")
    assert reload.status_code == 500
    assert "No space left on device" in reload.text
    make_room(small_disk)
    server.wait_log("ORT-2004", DEADLINE)
    assert server.get("/ping").status_code == 200
    assert server.post("/python-runtime/reload").status_code == 200


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
