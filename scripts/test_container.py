# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the image of the Dockerfile in Debian roots, and runs it as compose.yaml does.

Its root is read-only, its user not root and without capabilities, ``/dev/shm`` has 1 MB; ``/tmp``
and a volume can be written. Needs root, and no Docker. Argument: the folder of the roots.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dockerfile_roots import WITH_US, Stage, build

STARTS = 90.0  # seconds; the start period of the HEALTHCHECK
STOPS = 10.0  # seconds after which "docker stop" kills
USERS = {"me": "a password"}

MOUNTS = """
root=$1 volume=$2 script=$3
shift 3
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o size=1m,mode=1777 tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs "$root/tmp"
mount --bind "$volume" "$root/var/lib/orthanc"
mount --bind "$script" "$root/scripts/script.py"
mount -o remount,ro,bind "$root"
exec chroot "$root" setpriv --reuid orthanc --regid orthanc --clear-groups --no-new-privs \
  --bounding-set=-all --inh-caps=-all env -i "$@"
"""

SCRIPT = """
import os
import orthanc
from orthanc_runtime import in_worker, offload, rest

@offload(timeout=30)
def OnWhere(output, uri, **request):
    try:
        open("/opt/orthanc-runtime/written", "w").close()
        root = "writable"
    except OSError as error:
        root = error.strerror
    facts = [in_worker, os.getuid(), root, rest.get("/system").json()["Name"]]
    output.AnswerBuffer(repr(facts), "text/plain")

orthanc.RegisterRestCallback("/where", OnWhere)
"""


class Container:
    """The image, running."""

    def __init__(self, image: Stage, volume: Path, script: Path, **environment: str) -> None:
        self.image = image
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        variables = {
            **image.environment,
            "HOME": "/var/lib/orthanc",
            "ORTHANC__HTTP_PORT": str(self.port),
            "ORTHANC__DICOM_SERVER_ENABLED": "false",
            "ORTHANC__PYTHON__PATH": "/scripts/script.py",
            **environment,
        }
        self.process = subprocess.Popen(
            [
                *WITH_US,
                *("unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child"),
                *("sh", "-ec", MOUNTS, "sh", str(image.root), str(volume), str(script)),
                *(f"{key}={value}" for key, value in variables.items()),
                *image.entrypoint,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def first_process(self) -> int:
        """Its pid outside; 1 inside."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        deadline = time.monotonic() + 10
        while not (found := children.read_text().split()):
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the container has not started: {self.log()}")
            time.sleep(0.01)
        return int(found[0])

    def health(self) -> subprocess.CompletedProcess[str]:
        """The HEALTHCHECK, within the container."""
        inside = ["nsenter", "--mount", "--pid", "--root", "--target", str(self.first_process())]
        user = ["setpriv", "--reuid", "orthanc", "--regid", "orthanc", "--clear-groups"]
        path = f"PATH={self.image.environment['PATH']}"
        return subprocess.run(
            [*inside, *user, "env", "-i", path, *self.image.health],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )

    def wait_healthy(self) -> None:
        deadline = time.monotonic() + STARTS
        while (found := self.health()).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                sys.exit(f"not healthy: {found.stdout}{found.stderr}\n{self.log()}")
            time.sleep(0.2)

    def get(self, path: str, user: str | None = "me") -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        if user is not None:
            pair = base64.b64encode(f"{user}:{USERS[user]}".encode()).decode()
            request.add_header("Authorization", f"Basic {pair}")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def kill(self) -> None:
        """All of it: the kernel ends whatever the first process leaves."""
        if self.process.poll() is None:
            os.kill(self.first_process(), signal.SIGKILL)
        self.process.wait(timeout=30)

    def log(self) -> str:
        """All that it has written, once it has ended."""
        return self.process.communicate(timeout=30)[0]


@contextmanager
def container(image: Stage, folder: Path, **environment: str) -> Iterator[Container]:
    volume, script = folder / "volume", folder / "script.py"
    volume.mkdir(exist_ok=True)
    shutil.chown(volume, 842, 842)
    script.write_text(SCRIPT)
    script.chmod(0o644)
    running = Container(image, volume, script, **environment)
    try:
        yield running
    finally:
        running.kill()


def check_installed(image: Stage, _folder: Path) -> None:
    """The wheel brings two packages, and nothing of general names."""
    (record,) = image.root.glob("opt/orthanc-runtime/lib/*/*/orthanc_runtime-*/RECORD")
    files = [line.partition(",")[0] for line in record.read_text().splitlines()]
    folders = {file.partition("/")[0] for file in files} - {record.parent.name}
    assert folders <= {"..", "__pycache__", "orthanc.py", "orthanc_runtime", "orthanc-stubs"}, (
        folders
    )
    assert "orthanc_runtime/workers/main.py" in files


def check_serves(image: Stage, folder: Path) -> None:
    variables = {
        "ORTHANC__NAME": "in a container",
        "ORTHANC__REGISTERED_USERS": json.dumps(USERS),
        "ORTHANC__PYTHON__WORKERS__COUNT": "2",
    }
    with container(image, folder, **variables) as running:
        running.wait_healthy()
        assert running.get("/where", user=None)[0] == 401
        facts = "[True, 842, 'Read-only file system', 'in a container']"
        assert running.get("/where") == (200, facts), running.get("/where")
        (pool,) = json.loads(running.get("/python-runtime/status")[1])["Pools"]
        assert pool["Count"] == 2, pool
        asked = time.monotonic()
        os.kill(running.first_process(), signal.SIGTERM)
        log = running.log()
        assert time.monotonic() - asked < STOPS, log
        assert running.process.returncode == 0, log
    assert (folder / "volume" / "db" / "index").exists()


def check_refuses(image: Stage, folder: Path) -> None:
    users = {"ORTHANC__REGISTERED_USERS": json.dumps(USERS)}
    for variables, message in (
        ({}, "no user is registered"),
        (
            {**users, "ORTHANC__PYTHON__WORKERS__CUONT": "2"},
            "ORTHANC__PYTHON__WORKERS__CUONT is no",
        ),
    ):
        with container(image, folder, **variables) as running:
            log = running.log()
            assert running.process.returncode == 1, log
            assert message in log, log


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stages = build(Path("Dockerfile").resolve(), folder.resolve(), {})
    image = stages[-1]
    assert image.volumes == ["/var/lib/orthanc"]
    assert image.user == "orthanc"
    (image.root / "scripts").mkdir()
    (image.root / "scripts/script.py").touch()
    for check in (check_installed, check_serves, check_refuses):
        with tempfile.TemporaryDirectory() as scratch:
            Path(scratch).chmod(0o755)
            check(image, Path(scratch))
        print(f"{check.__name__}: passed", flush=True)
    for stage in stages:
        shutil.rmtree(stage.root)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("the Debian roots need root")
    main(Path(sys.argv[1]))
