# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterOnChangeCallback with an offloaded function."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import functools, os, pathlib, time
import orthanc
from orthanc_runtime import in_worker, offload

def wait_for(path):
    end = time.monotonic() + 30
    while not pathlib.Path(path).exists():
        assert time.monotonic() < end
        time.sleep(0.01)

@offload
def changed(change, level, resource):
    if change == orthanc.ChangeType.NEW_INSTANCE:
        patient = orthanc.RestApiGet(f"/instances/{resource}/metadata/ReceptionDate")
        orthanc.LogWarning(f"{change.name} {level.name} {resource} in_worker={in_worker}")
        go = os.environ["GO"]
        if pathlib.Path(go + "." + resource + ".waits").exists():
            orthanc.LogWarning(f"{resource} waits")
            wait_for(go)
    if change == orthanc.ChangeType.NEW_SERIES:
        raise ValueError("raised in a worker")
    if change in (orthanc.ChangeType.DELETED, orthanc.ChangeType.ORTHANC_STOPPED):
        orthanc.LogWarning(f"{change.name} [{resource}] in_worker={in_worker}")

@offload
def with_prefix(prefix, change, level, resource):
    if change == orthanc.ChangeType.NEW_PATIENT:
        orthanc.LogWarning(f"{prefix} {resource}")

def in_orthanc(change, level, resource):
    if change == orthanc.ChangeType.NEW_INSTANCE:
        orthanc.LogWarning(f"master heard of {resource}")

orthanc.RegisterOnChangeCallback(changed)
orthanc.RegisterOnChangeCallback(functools.partial(with_prefix, "partial heard of"))
orthanc.RegisterOnChangeCallback(in_orthanc)
"""


def start(launch: Launcher, folder: Path) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": 2}}}
    return launch(SCRIPT, config=config, environment={"GO": str(folder / "go")})


def test_changes_come_to_workers(orthanc: Launcher, tmp_path: Path) -> None:
    server = start(orthanc, tmp_path)
    identifier = server.upload(dicom_bytes("CT_small.dcm"))
    server.wait_log(f"NEW_INSTANCE INSTANCE {identifier} in_worker=True")
    server.wait_log("partial heard of [0-9a-f-]{44}")
    server.wait_log(f"master heard of {identifier}")
    assert server.stop() == 0
    assert "ORTHANC_STOPPED [] in_worker=True" in server.log


def test_an_error_is_logged_and_the_next_change_comes(orthanc: Launcher, tmp_path: Path) -> None:
    server = start(orthanc, tmp_path)
    server.upload(dicom_bytes("CT_small.dcm"))
    server.wait_log("ORT-4001.*Error in the OnChange callback")
    server.wait_log("ValueError: raised in a worker")
    identifier = server.upload(dicom_bytes("MR_small.dcm"))
    server.wait_log(f"NEW_INSTANCE INSTANCE {identifier}")


def test_order_is_kept_for_each_resource_alone(orthanc: Launcher, tmp_path: Path) -> None:
    server = start(orthanc, tmp_path)
    slow = server.upload(dicom_bytes("CT_small.dcm"))
    server.wait_log(f"NEW_INSTANCE INSTANCE {slow}")
    assert server.delete(f"/instances/{slow}").status_code == 200
    server.wait_log(rf"DELETED \[{slow}\]")

    (tmp_path / f"go.{slow}.waits").touch()
    assert server.upload(dicom_bytes("CT_small.dcm")) == slow
    waits = server.wait_log(f"{slow} waits")
    assert server.delete(f"/instances/{slow}").status_code == 200
    other = server.upload(dicom_bytes("MR_small.dcm"))
    passed = server.wait_log(f"NEW_INSTANCE INSTANCE {other}", start=waits.end())
    assert not re.search(rf"DELETED \[{slow}\]", server.log[waits.end() : passed.end()])
    (tmp_path / "go").touch()
    server.wait_log(rf"DELETED \[{slow}\]", start=passed.end())


def test_many_changes_wait_for_few_workers(orthanc: Launcher) -> None:
    """They hold no HTTP thread, and none is lost."""
    server = orthanc(
        """
        import orthanc
        from orthanc_runtime import offload

        @offload
        def changed(change, level, resource):
            if change == orthanc.ChangeType.UPDATED_METADATA:
                orthanc.LogWarning("metadata changed")

        orthanc.RegisterOnChangeCallback(changed)
        """,
        config={"Python": {"Workers": {"Count": 1, "MaximumQueued": 0}}},
    )
    identifier = server.upload(dicom_bytes("CT_small.dcm"))
    start = len(server.log)
    for number in range(100):
        answer = server.put(f"/instances/{identifier}/metadata/{2000 + number}", b"x")
        assert answer.status_code == 200
    for _ in range(100):
        start = server.wait_log("metadata changed", start=start).end()


def test_count_0_runs_them_in_orthanc(orthanc: Launcher, tmp_path: Path) -> None:
    config = {"Python": {"Workers": {"Count": 0}}}
    server = orthanc(SCRIPT, config=config, environment={"GO": str(tmp_path / "go")})
    identifier = server.upload(dicom_bytes("CT_small.dcm"))
    server.wait_log(f"NEW_INSTANCE INSTANCE {identifier} in_worker=False")


def test_changes_come_to_the_workers_of_their_pool(orthanc: Launcher) -> None:
    script = """
        import orthanc, setproctitle
        from orthanc_runtime import offload

        @offload(pool="routing")
        def changed(change, level, resource):
            if change == orthanc.ChangeType.NEW_INSTANCE:
                orthanc.LogWarning(f"{setproctitle.getproctitle()} heard of {resource}")

        orthanc.RegisterOnChangeCallback(changed)
    """
    workers = {"Count": 1, "Pools": {"routing": {"Count": 1}}}
    server = orthanc(script, config={"Python": {"Workers": workers}})
    identifier = server.upload(dicom_bytes())
    server.wait_log(f"worker [0-9]+ of pool routing .* heard of {identifier}")
