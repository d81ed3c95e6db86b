# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows docs/install.md, command by command, as root of a fresh Debian that runs systemd.

Needs root, and no container engine. Argument: the folder of the Debian roots.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from debian_machine import Machine, booted
from dockerfile_roots import copy_of_root, ways_out
from document_blocks import Command, FileBlock, sections
from terminals import Server

RELEASE = "bookworm"
PACKAGES = "systemd-sysv,dbus,ca-certificates"
PROJECT = "/root/orthanc-runtime"
RUNTIME = "/opt/orthanc-runtime/bin/orthanc-runtime"
LONGEST = 1800.0  # seconds, for a command that builds

# Whose programs download; all others have the machine's own loopback.
DOWNLOADS = (
    "apt-get ",
    "make ",
    "/opt/orthanc-runtime/bin/pip ",
    "~/environment/bin/pip ",
    "~/from-source/bin/pip ",
)
# Not run, and why.
LEFT_OUT = {
    "docker build": "there is no Docker; make test-container does what is in the Dockerfile",
    "docker run": "the same, and tests/orthanc/test_compose.py has a look at the options",
    "ORTHANC_USERS=": "the same; tests/orthanc/test_compose.py looks at compose.yaml",
}
SAYS = {
    "curl http://localhost:8042/hello": "Hello from Python",
    "curl http://localhost:8042/computation": '"process"',
    f"{RUNTIME} install": "/usr/share/orthanc/plugins/libOrthancRuntime.so -> /opt/",
    "~/environment/bin/orthanc-runtime plugin-path": "/orthanc_runtime/libOrthancRuntime.so",
    "~/from-source/bin/orthanc-runtime --version": "orthanc-runtime ",
    f"{RUNTIME} uninstall": "is removed",
}
# Orthanc listens a moment after systemd has started it.
CURLRC = "fail\nsilent\nshow-error\nretry = 60\nretry-delay = 1\nretry-connrefused\n"


class Administrator:
    """Reads the page and types what it says."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.server: Server | None = None
        self.has_wheel = False
        """Of the tree as it is."""

    def take(self, step: FileBlock | Command) -> None:
        if isinstance(step, FileBlock):
            (self.machine.root / step.name.lstrip("/")).write_text(step.text, "utf-8")
            return
        command = step.text.strip()
        if command.startswith(tuple(LEFT_OUT)):
            return
        if command == "make dist":
            if self.has_wheel:
                return
            self.has_wheel = True
        begin = time.monotonic()
        if "orthanc-runtime serve" in command:
            self.serve(command)
        else:
            self.run(command)
        print(f"{time.monotonic() - begin:6.1f} s  {command}", flush=True)

    def run(self, command: str) -> str:
        network = command.startswith(DOWNLOADS)
        code, output = self.machine.run(command, LONGEST, PROJECT, network)
        said = next((text for start, text in SAYS.items() if command.startswith(start)), "")
        if code != 0 or said not in output:
            journal = self.machine.run("tail -n 40 /var/log/orthanc/Orthanc.log")[1]
            sys.exit(f"{command}: exit code {code}\n{output}\n{journal}")
        return output

    def serve(self, command: str) -> None:
        """In a terminal that stays open."""
        inside = shlex.join(self.machine.inside(f"exec {command}", PROJECT))
        log = self.machine.root.with_name("serve.log")
        self.server = Server(inside, Path("/"), os.environ, log)
        self.server.wait_for("until Ctrl-C")
        self.server.wait_for("Orthanc has started")

    def close_terminal(self) -> None:
        if self.server is not None:
            server, self.server = self.server, None
            server.interrupt()


def check_service(reader: Administrator) -> None:
    """A worker has answered; the doctor sees the unit, and what it is without the drop-in."""
    told = json.loads(reader.run(f"{RUNTIME} doctor --json"))
    shown = [finding["what"] for finding in told["findings"]]
    assert not [what for what in shown if "orthanc.service" in what], shown
    folder = "/etc/systemd/system/orthanc.service.d"
    reader.run(f"mv {folder} /root/kept && systemctl daemon-reload")
    told = json.loads(reader.run(f"{RUNTIME} doctor --json"))
    shown = [finding["what"] for finding in told["findings"]]
    assert "OOMPolicy of orthanc.service is stop" in shown, shown
    reader.run(f"mv /root/kept {folder} && systemctl daemon-reload")


def check_stop(reader: Administrator) -> None:
    """Requests under way are answered, and no process is left."""
    asking = subprocess.Popen(
        reader.machine.inside("curl http://localhost:8042/computation?n=20000000"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    status = "curl http://localhost:8042/python-runtime/status"
    while '"GET /computation"' not in reader.run(status):
        assert time.monotonic() < deadline, "the request does not arrive"
    reader.run("systemctl stop orthanc")
    assert '"sum"' in asking.communicate(timeout=30)[0]
    result = reader.run("systemctl show orthanc --property=Result,ExecMainStatus").split()
    assert set(result) == {"Result=success", "ExecMainStatus=0"}, result
    left = reader.run("grep -l -s -e Orthanc -e orthanc-runtime /proc/[0-9]*/comm || true")
    assert left == "", left
    reader.run("systemctl start orthanc")


def make_newer(reader: Administrator) -> None:
    """What is upgraded to: the same, by another name."""
    reader.run("sed -i 's/^version = .*/version = \"99.0.0\"/' pyproject.toml")
    reader.has_wheel = False


def check_upgraded(reader: Administrator) -> None:
    reader.run("curl http://localhost:8042/computation?n=1000")
    status = json.loads(reader.run("curl http://localhost:8042/python-runtime/status"))
    assert status["Version"] == "99.0.0", status["Version"]


def check_uninstalled(reader: Administrator) -> None:
    """Orthanc serves as before, without a trace of the plugin."""
    reader.run("curl http://localhost:8042/system")
    code, answered = reader.machine.run("curl -s --no-fail http://localhost:8042/plugins")
    assert code == 0, answered
    assert "runtime" not in answered, answered
    assert reader.run("systemctl show orthanc --property=KillMode").strip().endswith("group")
    reader.run("make distclean")
    left = [name for name in (".venv", "build", "dist", "run") if _is_there(reader, name)]
    assert not left, left


def _is_there(reader: Administrator, name: str) -> bool:
    return (reader.machine.root / PROJECT.lstrip("/") / name).exists()


Steps = dict[str, tuple[Callable[[Administrator], None], ...]]
BEFORE: Steps = {"Upgrade": (make_newer,)}
AFTER: Steps = {
    "Debian": (Administrator.close_terminal,),
    "As Debian's service": (check_service, check_stop),
    "Upgrade": (check_upgraded,),
    "Uninstall": (check_uninstalled,),
}


def main(folder: Path) -> None:
    page = sections(Path("docs/install.md"))
    assert {*BEFORE, *AFTER} <= set(page)
    folder.mkdir(parents=True, exist_ok=True)
    root = copy_of_root(RELEASE, folder, "installed", PACKAGES)
    (root / "root/.curlrc").write_text(CURLRC)
    excluded = [
        f"--exclude={entry.removeprefix('**/')}"
        for entry in Path(".dockerignore").read_text().split()
    ]
    subprocess.run(["rsync", "-a", *excluded, "./", f"{root}{PROJECT}/"], check=True)
    with booted(root, ways_out(root)) as machine:
        reader = Administrator(machine)
        try:
            for section, found in page.items():
                for prepare in BEFORE.get(section, ()):
                    prepare(reader)
                for step in found:
                    reader.take(step)
                for check in AFTER.get(section, ()):
                    check(reader)
                    print(f"          {check.__name__}: passed", flush=True)
        finally:
            reader.close_terminal()
    shutil.rmtree(root)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("a Debian root needs root")
    main(Path(sys.argv[1]))
