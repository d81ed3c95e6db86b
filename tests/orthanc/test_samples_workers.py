# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples that only workers make possible."""

from __future__ import annotations

import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pydicom
import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from PIL import Image
from sample_files import sample
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

from orthanc_runtime.cli.orthanc_json import merge, read_configuration

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

WORKERS = {"Python": {"Workers": {"Count": 2}}}


def parent(server: OrthancServer, instance: str, level: str) -> str:
    identifier: str = server.get(f"/instances/{instance}/{level}").json()["ID"]
    return identifier


def with_changes(dicom: bytes, **changes: Any) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(dicom))
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def test_parse_dicom(orthanc: Launcher) -> None:
    # A study may have more instances than calls can wait.
    config = {"Python": {"Workers": {"Count": 2, "MaximumSubmitted": 20}}}
    server = orthanc(sample("workers/parse_dicom"), config=config)
    instances = [
        server.upload(with_changes(synthetic_dicom(number), Exposure=number))
        for number in range(1, 31)
    ]
    answer = server.get(f"/dose/{parent(server, instances[0], 'study')}").json()
    assert answer["Instances"] == 30
    assert list(answer["Exposure"].values()) == [465.0]
    assert server.get("/dose/0-1").status_code == 404


@pytest.mark.parametrize("way", ["rest", "orthanc", "hand"])
def test_way_back(orthanc: Launcher, way: str) -> None:
    config = {**WORKERS, "AuthenticationEnabled": True, "RegisteredUsers": {"me": "secret"}}
    server = orthanc(sample("workers/way_back"), config=config)
    answer = server.get(f"/who/{way}", auth=("me", "secret"))
    assert answer.json()["Name"] == "orthanc-runtime-tests"
    assert server.get(f"/who/{way}").status_code == 401


def test_deidentify(orthanc: Launcher) -> None:
    config = {**WORKERS, "Deidentification": {"Secret": "a long random text"}}
    server = orthanc(sample("workers/deidentify"), config=config)
    secret = {"PatientName": "Doe^Jane", "PatientID": "12345", "AccessionNumber": "A1"}
    for number in (1, 2):
        server.upload(with_changes(synthetic_dicom(number), **secret))
    instances = server.get("/instances?expand").json()
    assert len(instances) == 2
    for instance in instances:
        stored = pydicom.dcmread(
            io.BytesIO(server.get(f"/instances/{instance['ID']}/file").content)
        )
        assert stored.PatientName == ""
        assert stored.PatientIdentityRemoved == "YES"
        assert not set(secret.values()) & {str(element.value) for element in stored}
    (patient,) = server.get("/patients?expand").json()
    assert len(patient["MainDicomTags"]["PatientID"]) == 16


def test_what_cannot_be_deidentified_is_discarded(orthanc: Launcher) -> None:
    config = {**WORKERS, "Deidentification": {"Secret": "a long random text"}}
    script = sample("workers/deidentify").read_text("utf-8")
    cannot = script.replace("dataset.remove_private_tags()", "raise ValueError('broken')")
    assert cannot != script
    server = orthanc(cannot, config=config)
    server.post("/instances", dicom_bytes())
    server.wait_log("An instance is discarded, as it cannot be de-identified")
    assert server.get("/instances").json() == []


def test_mosaic(orthanc: Launcher) -> None:
    server = orthanc(sample("workers/mosaic"), config=WORKERS)
    instances = [
        server.upload(
            with_changes(
                synthetic_dicom(number, rows=64),
                ImagePositionPatient=[0, 0, number],
                ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            )
        )
        for number in range(1, 6)
    ]
    series = parent(server, instances[0], "series")
    image = Image.open(io.BytesIO(server.get(f"/mosaic/{series}").content))
    assert image.size == (3 * 128, 2 * 128)
    tiles = np.asarray(image).reshape(2, 128, 3, 128).swapaxes(1, 2)
    assert [bool(tiles[row, column].any()) for row in (0, 1) for column in (0, 1, 2)] == [
        *[True] * 5,
        False,
    ]
    assert server.get("/mosaic/0-1").status_code == 404


def test_shared_model(orthanc: Launcher) -> None:
    script = sample("workers/shared_model/shared_model")
    config = merge(read_configuration(script.with_name("orthanc.json")), WORKERS)
    server = orthanc(script, config=config)
    instance = server.upload(synthetic_dicom(1, rows=64))
    with ThreadPoolExecutor(4) as clients:
        answers = [
            clients.submit(lambda: server.get(f"/classify/{instance}").json()) for _ in range(40)
        ]
    found = [answer.result() for answer in answers]
    workers = {answer["Worker"] for answer in found}
    loaders = {answer["LoadedBy"] for answer in found}
    assert len(workers) == 2
    assert len(loaders) == 1
    assert not workers & loaders
    assert sum(found[0]["Labels"].values()) == pytest.approx(1)
    assert all(answer["Labels"] == found[0]["Labels"] for answer in found)
    assert server.get("/classify/0-1").status_code == 404


@pytest.mark.sdk(1, 12, 6)
def test_zip_stream(orthanc: Launcher) -> None:
    server = orthanc(sample("workers/zip_stream"), config=WORKERS)
    instances = [server.upload(synthetic_dicom(number, rows=512)) for number in range(1, 9)]
    study = parent(server, instances[0], "study")
    answer = server.get(f"/zip/{study}")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert {name.partition("/")[2] for name in archive.namelist()} == {
        f"{instance}.dcm" for instance in instances
    }
    assert archive.read(archive.namelist()[0])[128:132] == b"DICM"
    assert server.get("/zip/0-1").status_code == 404


def test_fan_out(orthanc: Launcher) -> None:
    north = orthanc("import orthanc")
    north.upload(synthetic_dicom(1))
    config = {
        **WORKERS,
        "FanOut": {"Servers": {"north": north.url, "nowhere": "http://127.0.0.1:1"}},
    }
    server = orthanc(sample("workers/fan_out"), config=config)
    answer = server.get("/everywhere?patient=synthetic").json()
    assert len(answer["north"]["Studies"]) == 1
    assert answer["nowhere"]["Error"].startswith("ConnectError")
    assert server.get("/everywhere").status_code == 400


def test_integrity_job(orthanc: Launcher) -> None:
    server = orthanc(sample("workers/integrity_job"), config=WORKERS)
    for number in range(1, 26):
        server.upload(synthetic_dicom(number, rows=64))
    broken = server.upload(
        with_changes(synthetic_dicom(26, rows=64), PixelData=b"\0" * 100, InstanceNumber=26)
    )
    job = server.post("/check-pixels").json()["ID"]
    deadline = time.monotonic() + 60
    while (found := server.get(f"/jobs/{job}").json())["State"] in ("Pending", "Running"):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    assert (found["State"], found["Progress"]) == ("Success", 100)
    assert found["Content"]["Checked"] == 26
    assert list(found["Content"]["Problems"]) == [broken]
    assert json.dumps(server.get("/jobs").json()).count(job) == 1
