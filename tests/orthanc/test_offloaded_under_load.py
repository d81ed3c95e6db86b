# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded callbacks of instances while all workers wait for Orthanc themselves."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import os, pathlib, time
import orthanc
from orthanc_runtime import offload, rest

@offload
def stored(dicom, identifier):
    orthanc.LogWarning(f"STORED {identifier} {dicom.GetInstanceSize()}")

@offload
def uploads(output, uri, **request):
    go = pathlib.Path(os.environ["GO"])
    orthanc.LogWarning("UPLOADS")
    end = time.monotonic() + 30
    while not go.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    if "by-rest" in uri:
        answer = rest.post("/instances", data=request["body"])
        output.AnswerBuffer(answer.content, "application/json")
    else:
        answer = orthanc.RestApiPost("/instances", request["body"])
        output.AnswerBuffer(answer, "application/json")

orthanc.RegisterRestCallback("/uploads.*", uploads)
orthanc.RegisterOnStoredInstanceCallback(stored)
"""


def start(launch: Launcher, folder: Path, count: int) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": count}}}
    return launch(SCRIPT, config=config, environment={"GO": str(folder / "go")})


def waiting(server: OrthancServer) -> int:
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    found: int = pool["Queue"]["Waiting"]
    return found


def test_a_callback_runs_in_a_worker_that_waits_for_it(orthanc: Launcher, tmp_path: Path) -> None:
    """Orthanc holds its lock for the callback, which needs the worker, which needs the lock."""
    server = start(orthanc, tmp_path, 1)
    by_worker = server.in_background("/uploads", "POST", data=dicom_bytes("MR_small.dcm"))
    server.wait_log("UPLOADS")
    by_client = server.in_background("/instances", "POST", data=dicom_bytes("CT_small.dcm"))
    end = time.monotonic() + 30
    while waiting(server) == 0:
        assert time.monotonic() < end
        time.sleep(0.01)
    (tmp_path / "go").touch()
    for answer in (by_worker.result(30), by_client.result(30)):
        assert answer.json()["Status"] == "Success"
        server.wait_log(f"STORED {answer.json()['ID']}")


def test_many_of_them(orthanc: Launcher, tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    server = start(orthanc, tmp_path, 2)
    routes = ["/uploads", "/instances", "/uploads/by-rest"]
    answers = [
        server.in_background(routes[number % 3], "POST", data=synthetic_dicom(number))
        for number in range(45)
    ]
    for answer in answers:
        found = answer.result(60)
        assert found.status_code == 200, found.text
        server.wait_log(f"STORED {found.json()['ID']}")
