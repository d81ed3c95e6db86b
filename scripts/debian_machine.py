# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots a Debian root with its systemd, without a container engine. Needs root.

The machine has processes, mounts, control groups and a loopback of its own; all of it ends with
the first process, and that with the shell that keeps it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dockerfile_roots import WITH_US

BOOTS = 90.0  # seconds
ENDS = 30.0
ENVIRONMENT = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}

BOOT = """
root=$1
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
# Its systemd must not set what belongs to the kernel: variables, clock, modules.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,ro,bind "$root/proc/sys"
exec setpriv --bounding-set=-sys_boot,-sys_module,-sys_rawio,-sys_time,-syslog \
  chroot "$root" env -i container=other \
  /lib/systemd/systemd --log-target=console --show-status=0
"""


class Machine:
    """A Debian that runs."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        """``environment`` is that of its commands, beside PATH and the like."""
        self.root = root.resolve()
        self.environment = {**ENVIRONMENT, **environment}
        self._group = _cgroups() / f"debian-machine-{os.getpid()}"
        for former in self._group.parent.glob("debian-machine-*"):
            if "populated 0" in (former / "cgroup.events").read_text():
                _remove(former)
        self._group.mkdir()
        self._log = self.root.with_name(f"{self.root.name}.boot.log")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *("sh", "-ec", 'echo $$ >"$0/cgroup.procs"; exec "$@"', str(self._group)),
                    *WITH_US,
                    *("unshare", "--mount", "--pid", "--cgroup", "--ipc", "--uts", "--net"),
                    *("--fork", "--kill-child", "sh", "-ec", BOOT, "sh", str(self.root)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def inside(self, command: str, folder: str = "/", network: bool = False) -> list[str]:
        """The arguments that run ``command`` in there by bash; with ``network`` it has that of
        this machine, else a loopback that nobody else uses."""
        spaces = ["--mount", "--pid", "--cgroup", "--ipc", "--uts", *([] if network else ["--net"])]
        settings = [f"{name}={value}" for name, value in self.environment.items()]
        return [
            *("nsenter", "--target", str(self._first_process()), *spaces, "--root", "--wd"),
            *("env", "-i", *settings),
            *("bash", "-c", f"cd {shlex.quote(folder)} && {command}"),
        ]

    def run(
        self, command: str, seconds: float = 60, folder: str = "/", network: bool = False
    ) -> tuple[int, str]:
        """Exit code, and what it has written. Raises subprocess.TimeoutExpired."""
        done = subprocess.run(
            self.inside(command, folder, network),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        return done.returncode, done.stdout

    def wait_booted(self) -> None:
        """Until systemd has started what belongs to a boot. Raises RuntimeError."""
        deadline = time.monotonic() + BOOTS
        while time.monotonic() < deadline:
            state = self.run("systemctl is-system-running", BOOTS)[1].strip()
            if state in ("running", "degraded"):
                return
            time.sleep(0.2)
        raise RuntimeError(f"systemd has not booted: {self._log.read_text(errors='replace')}")

    def stop(self) -> None:
        """At once; nothing of it is left."""
        self._process.kill()
        self._process.wait(timeout=ENDS)
        deadline = time.monotonic() + ENDS
        while "populated 1" in (self._group / "cgroup.events").read_text():
            if time.monotonic() > deadline:
                raise RuntimeError(f"processes are left in {self._group}")
            time.sleep(0.05)
        _remove(self._group)

    def _first_process(self) -> int:
        """The pid of its systemd, outside."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children")
        deadline = time.monotonic() + BOOTS
        while self._process.poll() is None and time.monotonic() < deadline:
            for child in children.read_text().split():
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
            time.sleep(0.02)
        raise RuntimeError(f"no systemd: {self._log.read_text(errors='replace')}")


@contextmanager
def booted(root: Path, environment: Mapping[str, str]) -> Iterator[Machine]:
    machine = Machine(root, environment)
    try:
        machine.wait_booted()
        yield machine
    finally:
        machine.stop()


def _remove(group: Path) -> None:
    for folder, _, _ in sorted(os.walk(group), reverse=True):
        Path(folder).rmdir()


def _cgroups() -> Path:
    """Where this machine has its unified hierarchy."""
    for line in Path("/proc/mounts").read_text().splitlines():
        place, kind = line.split()[1:3]
        if kind == "cgroup2":
            return Path(place)
    raise RuntimeError("there is no cgroup2 hierarchy, which systemd needs")
