# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterOnStoredInstanceCallback: uploads over REST and over DICOM."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
from dicom_files import dicom_bytes, dicom_path
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = r"""
import json
import orthanc

def stored(dicom, instance):
    tags = json.loads(dicom.GetInstanceSimplifiedJson())
    if tags["Modality"] == "OT":
        raise ValueError("raised in the stored instance callback")
    facts = {
        "type": type(dicom).__name__,
        "id": instance,
        "modality": tags["Modality"],
        "size": dicom.GetInstanceSize(),
        "same size": dicom.GetInstanceSize() == len(dicom.GetInstanceData()),
        "magic": dicom.GetInstanceData()[128:132].decode(),
        "origin": int(dicom.GetInstanceOrigin()),
        "aet": dicom.GetInstanceRemoteAet(),
        "json": "0008,0060" in json.loads(dicom.GetInstanceJson()),
        "advanced": "0008,0060" in json.loads(dicom.GetInstanceAdvancedJson(
            orthanc.DicomToJsonFormat.FULL, orthanc.DicomToJsonFlags.NONE, 0)),
        "syntax": dicom.GetInstanceTransferSyntaxUid(),
        "frames": dicom.GetInstanceFramesCount(),
        "pixels": bool(dicom.HasInstancePixelData()),
        "raw": len(dicom.GetInstanceRawFrame(0)),
        "width": dicom.GetInstanceDecodedFrame(0).GetImageWidth(),
        "has": bool(dicom.HasInstanceMetadata("ReceptionDate")),
        "metadata": dicom.GetInstanceMetadata("ReceptionDate"),
        "no metadata": dicom.GetInstanceMetadata("Nope"),
        "serialized": dicom.SerializeDicomInstance()[128:132] == b"DICM",
        "rest": json.loads(orthanc.RestApiGet("/instances/" + instance))["ID"],
    }
    orthanc.LogWarning("FACTS " + json.dumps(facts))

KEPT = []

def keep(dicom, instance):
    KEPT.append(dicom)
    stored(dicom, instance)

def use_kept(output, uri, **request):
    try:
        output.AnswerBuffer(str(KEPT[0].GetInstanceSize()), "text/plain")
    except Exception as error:
        output.AnswerBuffer(type(error).__name__, "text/plain")

orthanc.RegisterOnStoredInstanceCallback(keep)
orthanc.RegisterRestCallback("/use-kept", use_kept)
"""
REST_API, DICOM_PROTOCOL = 3, 2


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    config = {"DicomServerEnabled": True, "DicomAlwaysAllowStore": True}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


def facts(server: OrthancServer) -> dict[str, Any]:
    line = server.wait_log(r"FACTS (\{.*\})$", start=server.log_offset)
    found: dict[str, Any] = json.loads(line[1])
    return found


def test_upload_over_rest(server: OrthancServer) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    identifier = server.upload(dicom)
    seen = facts(server)
    assert seen["type"] == "DicomInstance"
    assert seen["id"] == seen["rest"] == identifier
    assert seen["modality"] == "CT"
    assert seen["size"] == len(dicom)
    assert seen["same size"]
    assert seen["magic"] == "DICM"
    assert seen["origin"] == REST_API
    assert seen["json"]
    assert seen["advanced"]
    assert seen["syntax"] == "1.2.840.10008.1.2.1"
    assert seen["frames"] == 1
    assert seen["pixels"]
    assert seen["raw"] == 128 * 128 * 2
    assert seen["width"] == 128
    assert seen["has"]
    assert seen["metadata"].startswith("20")
    assert seen["no metadata"] is None
    assert seen["serialized"]


def test_upload_over_dicom(server: OrthancServer) -> None:
    command = ["storescu", "-aet", "TESTSCU", "127.0.0.1", str(server.dicom_port)]
    done = subprocess.run(
        [*command, str(dicom_path("MR_small.dcm"))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = facts(server)
    assert seen["modality"] == "MR"
    assert seen["origin"] == DICOM_PROTOCOL
    assert seen["aet"] == "TESTSCU"


def test_exception_is_logged_and_the_instance_kept(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes("image_dfl.dcm"))
    server.wait_log(r"script\.py", start=server.log_offset)
    assert server.get(f"/instances/{identifier}").status_code == 200


@pytest.mark.runtime_only
def test_kept_instance_raises(server: OrthancServer) -> None:
    server.upload(dicom_bytes("MR_small_padded.dcm"))
    assert server.get("/use-kept").text not in {"", "0"}
    assert not server.get("/use-kept").text.isdigit()
