# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""File systems without room: the temporary folder, the storage of Orthanc, shared memory."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import server as servers
from idle_workers import DEADLINE, fork_server, kill, wait_whole
from launcher import Launcher
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = [
    pytest.mark.orthanc,
    pytest.mark.runtime_only,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounts file systems, which only root can"),
]

SCRIPT = r"""
import multiprocessing, os, tempfile
from multiprocessing.shared_memory import SharedMemory
import orthanc
from orthanc_runtime import offload, rest

@offload
def ping(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

def fill(folder):
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        while True:
            file.write(bytes(2**20))

@offload
def disk(output, uri, **request):
    fill(request["get"]["folder"])

@offload
def store(output, uri, **request):
    stored = orthanc.RestApiPost("/instances", request["body"])
    output.AnswerBuffer(stored, "application/json")

@offload
def store_by_rest(output, uri, **request):
    answer = rest.post("/instances", data=request["body"])
    output.AnswerBuffer(str(answer.status_code) + answer.text, "text/plain")

@offload
def lock(output, uri, **request):
    with multiprocessing.Lock():
        output.AnswerBuffer("locked", "text/plain")

@offload
def shared(output, uri, **request):
    memory = SharedMemory(create=True, size=2**20)
    try:
        memory.buf[:] = bytes(2**20)
    finally:
        memory.unlink()

@offload
def remove(output, uri, **request):
    os.unlink(request["get"]["file"])

for function in (ping, disk, store, store_by_rest, lock, shared, remove):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


def start(
    orthanc: Launcher, environment: dict[str, str] | None = None, count: int = 2, **more: Any
) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": count}}, **more}
    return orthanc(SCRIPT, config=config, environment=environment)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system with room for few files, with a short path: there will be a socket in it."""
    folder = Path(tempfile.mkdtemp(prefix="orthanc-small-"))
    try:
        run_or_skip("mount", "-t", "tmpfs", "-o", "size=4m,nr_inodes=40,mode=1777", "tmpfs", folder)
    except BaseException:
        folder.rmdir()
        raise
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
    folder.rmdir()


def run_or_skip(*command: str | Path) -> None:
    """Containers and roots that are no mount points do not let even root do everything."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"not possible here: {done.stderr.strip()}")


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


def test_a_handler_fills_the_disk(orthanc: Launcher, small_disk: Path) -> None:
    server = start(orthanc, count=1)
    answer = server.get(f"/disk?folder={small_disk}")
    assert answer.status_code == 500
    assert "No space left on device" in answer.text
    assert server.get("/ping").status_code == 200


def test_the_temporary_folder_is_full_later(orthanc: Launcher, small_disk: Path) -> None:
    """Workers need no file; a new fork server does, and the pool waits until there is room."""
    server = start(orthanc, {"TMPDIR": str(small_disk)})
    fill_up(small_disk)
    assert "No space left on device" in server.post("/python-runtime/reload").text
    kill(*wait_whole(server))
    assert server.get("/ping").status_code == 200
    wait_whole(server)
    kill(fork_server(server))
    server.wait_log(rf"ORT-2103 .*No space left on device: '{small_disk}/", DEADLINE)
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


def test_no_room_for_the_socket_of_the_fork_server(orthanc: Launcher, small_disk: Path) -> None:
    """Orthanc refuses to start, and names the folder."""
    fill_up(small_disk)
    for file in ("filling-0", "filling-1"):  # for the folder and its lock
        (small_disk / file).unlink()
    server = orthanc(
        SCRIPT,
        config={"Python": {"Workers": 1}},
        environment={"TMPDIR": str(small_disk)},
        starts=False,
    )
    assert f"No space left on device: '{small_disk}/" in server.log


def test_the_storage_is_full(orthanc: Launcher, small_disk: Path) -> None:
    """The error of Orthanc, in the worker and for the client; the workers need no disk."""
    server = start(orthanc, StorageDirectory=str(small_disk), IndexDirectory=str(small_disk))
    dicom = synthetic_dicom(1, 2048)  # of 4 MiB
    answer = server.post("/store", dicom)
    assert answer.status_code == 500
    assert "OrthancException: (14, 'Cannot write to file')" in answer.json()["Details"]
    assert server.post("/store_by_rest", dicom).text.startswith("500")
    assert server.post("/instances", dicom).status_code == 500
    first, _ = wait_whole(server)
    kill(first)
    assert first not in wait_whole(server)
    assert server.post("/python-runtime/reload").status_code == 200
    assert server.get("/ping").status_code == 200


@pytest.fixture
def full_shared_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in /dev/shm that takes all its room, of servers that start from now on."""
    file = Path("/dev/shm/filling")  # noqa: S108
    run_or_skip("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", file.parent)
    wrapper = tmp_path / "Orthanc"
    wrapper.write_text(f"""#!/bin/sh
exec unshare --mount sh -c '
  mount -t tmpfs -o size=64k tmpfs {file.parent}
  cat /dev/zero >{file} 2>/dev/null
  exec {servers.orthanc_binary()} "$@"' sh "$@"
""")
    wrapper.chmod(0o755)
    monkeypatch.setattr(servers, "orthanc_binary", lambda: str(wrapper))
    return file


def test_shared_memory_is_full(orthanc: Launcher, full_shared_memory: Path) -> None:
    """Nothing of ours needs it; a handler that does has its error."""
    server = start(orthanc)
    answer = server.get("/lock")
    assert answer.status_code == 500
    assert "No space left on device" in answer.text
    # The memory is there only when it is written to: as for any program a signal.
    answer = server.get("/shared")
    assert answer.status_code == 502
    assert "SIGBUS" in answer.text
    wait_whole(server)
    assert server.post("/python-runtime/reload").status_code == 200
    assert server.get(f"/remove?file={full_shared_memory}").status_code == 500  # no answer
    assert server.get("/lock").text == "locked"
