# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the Dockerfile in Debian roots, where there is no Docker. Needs root.

Of Dockerfiles it knows what ours has; another instruction is an error. ``debian:12-slim`` is a root
made by debootstrap, a stage is a copy of it, a RUN is a shell in chroot.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

RELEASES = {"debian:12-slim": "bookworm"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROXY = ("http_proxy", "https_proxy", "PIP_INDEX_URL")
CERTIFICATE = "etc/ssl/pip-cert.crt"
DEADLINE = 1800  # seconds, for each RUN

# Begins commands that shall not outlive this process, however it ends.
WITH_US = ("setpriv", "--pdeathsig", "KILL")

# The mounts end with the namespace of the shell.
CHROOT = """
root=$1
shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" "$@"
"""


@dataclass
class Stage:
    """One FROM, and the settings of the image that it makes."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "root"
    volumes: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)

    def path(self, place: str) -> Path:
        """A path of the image, from outside."""
        return self.root / os.path.join(self.folder, place).lstrip("/")  # noqa: PTH118


def build(dockerfile: Path, folder: Path, arguments: dict[str, str]) -> list[Stage]:
    """The stages, of which the last is the image. Their roots are made below ``folder``;
    ``arguments`` are --build-arg."""
    context = dockerfile.parent
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for name, rest in _instructions(dockerfile.read_text(encoding="utf-8")):
        print(f"{name} {rest}", flush=True)
        if name == "FROM":
            image, _, alias = rest.partition(" AS ")
            stage = Stage(_copy_of(image, folder, alias or "image"))
            stages[alias] = stage
            continue
        if stage is None:
            raise SystemExit(f"{dockerfile}: {name} before FROM")
        match name:
            case "ARG":
                key, _, default = rest.partition("=")
                stage.environment[key] = arguments.get(key, default)
            case "ENV":
                key, _, value = rest.partition("=")
                stage.environment[key] = value
            case "WORKDIR":
                stage.folder = rest
                stage.path("").mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(stage, rest, context, stages)
            case "RUN":
                _run(stage, rest)
            case "USER":
                stage.user = rest
            case "VOLUME":
                stage.volumes.append(rest)
            case "HEALTHCHECK":
                stage.health = json.loads(rest[rest.index("[") :])
            case "ENTRYPOINT":
                stage.entrypoint = json.loads(rest)
            case "EXPOSE":
                pass
            case _:
                raise SystemExit(f"{dockerfile}: {name} is not known here")
    return list(stages.values())


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = re.sub(r"\\\n", " ", text).splitlines()
    kept = (line.strip() for line in lines if line.strip() and not line.startswith("#"))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in kept]


def _copy_of(image: str, folder: Path, name: str) -> Path:
    return copy_of_root(RELEASES[image], folder, name)


def copy_of_root(release: str, folder: Path, name: str, packages: str = "") -> Path:
    """A Debian root that may be changed, ``folder / name``; commas separate ``packages``."""
    base, root = folder / release, folder / name
    subprocess.run(["scripts/debian_root.sh", release, str(base), packages], check=True)
    shutil.rmtree(root, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", f"{base}/", str(root)], check=True)
    (root / "made").unlink()
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, root / file.lstrip("/"))
    if os.environ.get("PIP_CERT"):
        (root / CERTIFICATE).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.environ["PIP_CERT"], root / CERTIFICATE)
    return root


def _copy(stage: Stage, rest: str, context: Path, stages: dict[str, Stage]) -> None:
    words = shlex.split(rest)
    source, excluded = context, (context / ".dockerignore").read_text().split()
    if words[0].startswith("--from="):
        source, excluded = stages[words.pop(0).removeprefix("--from=")].root, []
    *names, place = words
    target = stage.path(place)
    several = place.endswith("/") or len(names) > 1 or names == ["."]
    (target if several else target.parent).mkdir(parents=True, exist_ok=True)
    for name in names:
        found = source / name.lstrip("/")
        options = [f"--exclude={entry.removeprefix('**/')}" for entry in excluded]
        tail = "/" if found.is_dir() else ""
        subprocess.run(
            ["rsync", "-a", *options, f"{found}{tail}", f"{target}/" if several else str(target)],
            check=True,
        )


def ways_out(root: Path) -> dict[str, str]:
    """Variables by which pip and apt of a root reach their servers as those of this machine do."""
    found = {name: os.environ[name] for name in PROXY if os.environ.get(name)}
    return found | ({"PIP_CERT": f"/{CERTIFICATE}"} if (root / CERTIFICATE).exists() else {})


def _run(stage: Stage, command: str) -> None:
    environment = {"HOME": "/root", **ways_out(stage.root), **stage.environment}
    done = subprocess.run(
        [
            *WITH_US,
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            *("sh", "-ec", CHROOT, "sh", str(stage.root)),
            *("env", "-i", *(f"{key}={value}" for key, value in environment.items())),
            *("sh", "-c", f"cd {shlex.quote(stage.folder)} && {command}"),
        ],
        stdin=subprocess.DEVNULL,
        timeout=DEADLINE,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"RUN {command} failed")
