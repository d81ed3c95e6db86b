# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples about what happens in Orthanc."""

from __future__ import annotations

import json
import textwrap
import time
from pathlib import Path

import dcmtk
import pytest
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from sample_files import sample
from synthetic_dicom import synthetic_dicom

from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


def test_changes(orthanc: Launcher, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "ct.dcm").write_bytes(dicom_bytes())
    (tmp_path / "notes.txt").write_text("no DICOM")
    server = orthanc(sample("events/changes"), config={"UploadAtStart": str(tmp_path)})
    server.wait_log(r"notes\.txt is not imported: ")
    new = server.wait_log("A new instance: ([0-9a-f-]+)")
    assert server.get("/instances").json() == [new[1]]
    second = server.upload(synthetic_dicom(1))
    server.wait_log(f"A new instance: {second}")


def test_new_instance(orthanc: Launcher) -> None:
    config = {"DicomServerEnabled": True, "DicomAlwaysAllowStore": True}
    server = orthanc(sample("events/new_instance"), config=config)
    first = server.upload(dicom_bytes())
    assert dcmtk.store(server, dicom_path("MR_small.dcm")) == 0
    by_dicom, by_http = server.get("/last-instances").json()
    assert (by_http["ID"], by_http["Origin"], by_http["Modality"]) == (first, "REST_API", "CT")
    assert by_http["Bytes"] == len(dicom_bytes())
    assert (by_dicom["Origin"], by_dicom["RemoteAet"]) == ("DICOM_PROTOCOL", "STORESCU")
    assert server.post("/last-instances").status_code == 405


def test_auto_routing(orthanc: Launcher, tmp_path: Path) -> None:
    port = unused_port()
    config = {
        "StableAge": 1,
        "DicomModalities": {"archive": ["ARCHIVE", "127.0.0.1", port]},
        "AutoRouting": {"Modality": "archive", "DicomWebServer": "cloud"},
    }
    # A route of a second script in the place of that of the DICOMweb plugin.
    cloud = """
        import orthanc
        def stow(output, uri, **request):
            orthanc.LogWarning(f"{uri} {request['body'].decode()}")
            output.AnswerBuffer("{}", "application/json")
        orthanc.RegisterRestCallback("/dicom-web/servers/(.*)/stow", stow)
    """
    script = tmp_path / "cloud.py"
    script.write_text(textwrap.dedent(cloud))
    received = tmp_path / "received"
    received.mkdir()
    scripts = {"PythonScript": [str(sample("events/auto_routing")), str(script)]}
    server = orthanc(config=config | scripts)
    with dcmtk.StorageScp(port, received):
        instance = server.upload(dicom_bytes())
        study = server.get(f"/instances/{instance}/study").json()["ID"]
        told = server.wait_log("/dicom-web/servers/cloud/stow ({.*})")
        assert json.loads(told[1])["Resources"] == [study]
        deadline = time.monotonic() + 20
        while not list(received.iterdir()):
            assert time.monotonic() < deadline, server.log
            time.sleep(0.05)
    assert len(list(received.iterdir())) == 1


def test_a_target_that_is_missing_is_logged(orthanc: Launcher) -> None:
    config = {"StableAge": 1, "AutoRouting": {"Modality": "nowhere"}}
    server = orthanc(sample("events/auto_routing"), config=config)
    server.upload(dicom_bytes())
    server.wait_log("Study [0-9a-f-]+ is not sent on: ")


def test_periodic(orthanc: Launcher) -> None:
    server = orthanc(sample("events/periodic"), config={"Periodic": {"Seconds": 0.05}})
    server.upload(synthetic_dicom(1))
    deadline = time.monotonic() + 20
    while "studies_without_description 1" not in server.get("/tools/metrics-prometheus").text:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert server.stop() == 0


def test_periodic_does_not_delay_the_stop(orthanc: Launcher) -> None:
    server = orthanc(sample("events/periodic"), config={"Periodic": {"Seconds": 3600}})
    assert server.stop() == 0
    assert "SystemExit" not in server.log
