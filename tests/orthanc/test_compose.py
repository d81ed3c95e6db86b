# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""compose.yaml and the docker commands of docs/install.md, as far as that goes without Docker.

``make test-container`` carries out the Dockerfile and runs what comes out as compose.yaml does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from document_blocks import Command, FileBlock, sections
from launcher import Launcher
from ruamel.yaml import YAML

from orthanc_runtime.cli import main

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "compose.yaml"
USERS = {"me": "a long password"}
DOCKER = shutil.which("docker")
NO_DAEMON = {**os.environ, "DOCKER_HOST": "unix:///nowhere/docker.sock", "ORTHANC_USERS": "{}"}


def service() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(COMPOSE)["services"]["orthanc"]
    return found


def compose_command() -> list[str]:
    """That of Docker, which needs no daemon for this; empty where there is none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is not None:
            asked = subprocess.run([*command, "version"], capture_output=True, timeout=60)
            if asked.returncode == 0:
                return command
    return []


def told(*command: str) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=NO_DAEMON, capture_output=True, text=True, timeout=60, check=False
    )
    return f"{done.returncode}\n{done.stdout}{done.stderr}"


def test_the_schema() -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    checked = told(str(program), "--builtin-schema", "vendor.compose-spec", str(COMPOSE))
    assert checked.startswith("0\n"), checked


def test_docker_compose_reads_it() -> None:
    command = compose_command()
    if not command:
        pytest.skip("there is no docker compose")
    shown = told(*command, "--file", str(COMPOSE), "config", "--quiet")
    assert shown.startswith("0\n"), shown


@pytest.mark.skipif(DOCKER is None, reason="there is no docker")
@pytest.mark.parametrize("beginning", ["docker build", "docker run"])
def test_docker_knows_the_options(beginning: str) -> None:
    """Options are read before the daemon is asked, of which there is none at that address."""
    steps = sections(ROOT / "docs" / "install.md")["Container"]
    (command,) = (
        step.text for step in steps if isinstance(step, Command) and step.text.startswith(beginning)
    )
    shown = told("bash", "-c", command)
    assert re.search(r"docker daemon|docker\.sock", shown), shown
    assert "unknown" not in shown, shown


def test_what_is_mounted_is_there() -> None:
    volumes = dict(volume.split(":")[:2] for volume in service()["volumes"])
    mounted = volumes["./samples/computation/computation.py"]
    assert service()["environment"]["ORTHANC__PYTHON__PATH"] == mounted
    for source in volumes:
        assert not source.startswith("./") or (ROOT / source).exists()
    (named,) = (source for source in volumes if not source.startswith("./"))
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"\nVOLUME {volumes[named]}\n" in dockerfile
    assert f"CMD {json.dumps(service()['healthcheck']['test'][1:])}" in dockerfile


def test_the_file_of_docker_run(tmp_path: Path) -> None:
    (file,) = (
        step
        for step in sections(ROOT / "docs" / "install.md")["Container"]
        if isinstance(step, FileBlock)
    )
    (tmp_path / file.name).write_text(file.text)
    assert main(["config", "validate", str(tmp_path / file.name)]) == 0


def test_its_variables_and_its_health(
    orthanc: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the entrypoint makes of them starts an Orthanc that its health check finds well."""
    for name, value in service()["environment"].items():
        given = json.dumps(USERS) if str(value).startswith("${ORTHANC_USERS") else str(value)
        monkeypatch.setenv(name, given)
    joined = tmp_path / "orthanc.json"
    defaults = ROOT / "config" / "container.json"
    assert main(["config", "from-env", str(defaults), "--output", str(joined)]) == 0
    configuration = json.loads(joined.read_text())
    assert configuration["RegisteredUsers"] == USERS
    python = configuration["Python"]
    assert python["Workers"] == {"Count": 4, "Timeout": 60, "ShutdownTimeout": 6}
    script = ROOT / "samples" / "computation" / "computation.py"
    kept = {
        key: value
        for key, value in configuration.items()
        if key not in ("Plugins", "StorageDirectory", "IndexDirectory", "Python")
    }
    server = orthanc(script, config={**kept, "Python": {"Workers": python["Workers"]}})
    port = int(server.url.rpartition(":")[2])
    joined.write_text(json.dumps({**configuration, "HttpPort": port}))
    health = ROOT / "config" / "container" / Path(service()["healthcheck"]["test"][1]).name
    checked = told(sys.executable, str(health), str(joined))
    assert checked == "0\n", checked
