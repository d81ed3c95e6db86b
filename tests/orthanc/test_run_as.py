# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workers of another user, where Orthanc runs as root; and who may open what we leave in /tmp."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

USER = "www-data"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give away its processes")

SCRIPT = r"""
import json, os
from pathlib import Path
import multiprocess.util
import orthanc
from orthanc_runtime import in_worker, offload, rest
import preloaded

IMPORTED_BY = os.getresuid()

@offload
def who(output, uri, **request):
    folder = Path(multiprocess.util.get_temp_dir())
    (folder / "mine").write_text("")
    answer = {
        "uid": os.getresuid(), "gid": os.getresgid(), "groups": sorted(os.getgroups()),
        "home": os.environ["HOME"], "path_home": str(Path.home()), "user": os.environ["USER"],
        "imported": IMPORTED_BY, "preloaded": preloaded.IMPORTED_BY,
        "rest": rest.get("/system").status_code,
        "channel": orthanc.RestApiGet("/system")[:1] == b"{",
        "temporary": folder.owner(), "pid": os.getpid(),
        "root_file": os.access("/etc/shadow", os.R_OK),
        "oom": int(Path("/proc/self/oom_score_adj").read_text()),
    }
    output.AnswerBuffer(json.dumps(answer), "application/json")

@offload
def dies(output, uri, **request):
    os._exit(3)

@offload
def hangs(output, uri, **request):
    while True:
        pass

def in_master(output, uri, **request):
    output.AnswerBuffer(str(os.getuid()), "text/plain")

orthanc.RegisterRestCallback("/who", who)
orthanc.RegisterRestCallback("/dies", dies)
orthanc.RegisterRestCallback("/hangs", offload(timeout=0.5)(hangs.__wrapped__))
orthanc.RegisterRestCallback("/in_master", in_master)
"""
FILES = {"preloaded.py": "import os\nIMPORTED_BY = os.getresuid()\n"}


def start(orthanc: Launcher, umask: int = -1, **workers: Any) -> OrthancServer:
    settings = {"Count": 1, "RunAs": USER, **workers}
    return orthanc(SCRIPT, config={"Python": {"Workers": settings}}, files=FILES, umask=umask)


def runtime_folder(server: OrthancServer) -> Path:
    (folder,) = server.temporary.glob("orthanc-runtime-workers-*")
    return folder


@as_root
@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_workers_are_that_user(orthanc: Launcher, method: str) -> None:
    server = start(orthanc, StartMethod=method)
    entry = pwd.getpwnam(USER)
    who = server.get("/who").json()
    assert who["uid"] == who["imported"] == who["preloaded"] == [entry.pw_uid] * 3
    assert who["gid"] == [entry.pw_gid] * 3
    assert who["groups"] == sorted(os.getgrouplist(USER, entry.pw_gid))
    assert who["home"] == who["path_home"] == entry.pw_dir
    assert who["user"] == USER
    assert not who["root_file"]
    assert who["rest"] == 200
    assert who["channel"]
    assert who["temporary"] == USER
    assert who["oom"] >= 500
    assert server.get("/in_master").text == "0"
    for process in server.children():
        assert Path(f"/proc/{process.pid}").stat().st_uid == entry.pw_uid, process


@as_root
@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_their_successors_too(orthanc: Launcher, method: str) -> None:
    """Deaths are seen, deadlines kept and exit codes known across users."""
    server = start(orthanc, StartMethod=method)
    first = server.get("/who").json()["pid"]
    answer = server.get("/dies")
    assert answer.status_code == 502
    assert "exited with code 3" in answer.text
    second = server.get("/who").json()
    assert second["pid"] != first
    assert second["uid"][0] == pwd.getpwnam(USER).pw_uid
    assert server.get("/hangs").status_code == 504
    server.wait_log("in hangs")
    assert server.get("/who").json()["pid"] != second["pid"]


@as_root
def test_they_end_with_orthanc(orthanc: Launcher) -> None:
    server = start(orthanc)
    assert server.get("/who").status_code == 200
    os.kill(server.pid, signal.SIGKILL)
    server.expected_exit = -signal.SIGKILL
    assert not server.children_left(5)


@as_root
def test_preload_runs_as_that_user(orthanc: Launcher) -> None:
    server = start(orthanc, Preload=["preloaded"])
    assert server.get("/who").json()["preloaded"] == [pwd.getpwnam(USER).pw_uid] * 3


@as_root
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes_of_what_lies_in_the_temporary_folder(orthanc: Launcher, umask: int) -> None:
    """Only root reaches the fork server; only the workers their own folder."""
    server = start(orthanc, umask)
    folder = runtime_folder(server)
    entry = pwd.getpwnam(USER)
    assert modes(folder) == {
        ".": (0, 0o711),
        "lock": (0, 0o600),
        "socket": (0, 0o600),
        "workers": (entry.pw_uid, 0o700),
    }
    assert server.get("/who").status_code == 200


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_modes_without_another_user(orthanc: Launcher, umask: int) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}}, files=FILES, umask=umask)
    me = os.geteuid()
    assert modes(runtime_folder(server)) == {
        ".": (me, 0o700),
        "lock": (me, 0o600),
        "socket": (me, 0o600),
    }


def modes(folder: Path) -> dict[str, tuple[int, int]]:
    """Owner and permissions, by name; the socket has a random one."""
    found = {}
    for path in [folder, *folder.iterdir()]:
        status = path.stat()
        name = "." if path == folder else path.name
        name = "socket" if stat.S_ISSOCK(status.st_mode) else name
        found[name] = (status.st_uid, stat.S_IMODE(status.st_mode))
    return found


@pytest.mark.skipif(os.geteuid() == 0, reason="root can give away its processes")
def test_without_root_the_start_is_refused(orthanc: Launcher) -> None:
    config = {"Python": {"Workers": {"Count": 1, "RunAs": USER}}}
    server = orthanc(SCRIPT, config=config, files=FILES, starts=False)
    assert f"Python.Workers.RunAs is {USER!r}, but Orthanc does not run as root" in server.log


@as_root
def test_an_unknown_user_stops_the_start(orthanc: Launcher) -> None:
    config = {"Python": {"Workers": {"Count": 1, "RunAs": "nobody-here"}}}
    server = orthanc(SCRIPT, config=config, files=FILES, starts=False)
    assert "Python.Workers.RunAs is 'nobody-here', which is no user of this system" in server.log


@as_root
@pytest.mark.parametrize(
    ("folder_mode", "words"),
    [(0o700, "may not enter one of its folders"), (0o711, "Permission denied")],
)
def test_a_script_that_the_user_cannot_read_stops_the_start(
    orthanc: Launcher, folder_mode: int, words: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="orthanc-test-script-") as folder:
        script = Path(folder) / "script.py"
        script.write_text(SCRIPT)
        (script.parent / "preloaded.py").write_text(FILES["preloaded.py"])
        script.chmod(0o600)
        script.parent.chmod(folder_mode)
        config = {"Python": {"Workers": {"Count": 1, "RunAs": USER}}}
        server = orthanc(script, config=config, starts=False)
        assert "PermissionError" in server.log
        assert words in server.log
        assert str(script) in server.log
