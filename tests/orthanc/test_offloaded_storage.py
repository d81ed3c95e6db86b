# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded storage areas, image decoders and transcoders, and handlers that need them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

# Its preview needs the decoder of the script, its transcoding the transcoder.
COLOR = "examples_jpeg2k.dcm"

SCRIPT = """
import io, os, pathlib
import numpy, pydicom
import orthanc
from orthanc_runtime import in_worker, offload, rest

FOLDER = pathlib.Path(os.environ["FILES"])

@offload
def create(uuid, kind, content):
    assert in_worker
    if (FOLDER / "full").exists():
        raise orthanc.OrthancException(orthanc.ErrorCode.FULL_STORAGE, "no room")
    (FOLDER / uuid).write_bytes(content)
    orthanc.LogWarning(f"CREATED {uuid} {kind.name}")

@offload
def read(uuid, kind):
    assert in_worker
    return (FOLDER / uuid).read_bytes()

@offload
def read_range(uuid, kind, start, size):
    assert in_worker
    return (FOLDER / uuid).read_bytes()[start:start + size]

@offload
def remove(uuid, kind):
    assert in_worker
    (FOLDER / uuid).unlink()

@offload
def decode(dicom, frame):
    assert in_worker
    orthanc.LogWarning(f"DECODED {len(dicom)} {frame}")
    pixels = pydicom.dcmread(io.BytesIO(dicom)).pixel_array
    return pixels[frame] if pixels.ndim == 4 else pixels

@offload
def transcode(dicom, syntaxes, allow_new_sop_instance_uid):
    assert in_worker
    orthanc.LogWarning(f"ASKED FOR {syntaxes}")
    return None

@offload
def asks(output, uri, **request):
    identifier = request["get"]["id"]
    found = [rest.get(f"/instances/{identifier}/file").content,
             orthanc.RestApiGet(f"/instances/{identifier}/file"),
             rest.get(f"/instances/{identifier}/preview").content]
    output.AnswerBuffer(str([len(data) for data in found]), "text/plain")

orthanc.RegisterRestCallback("/asks", asks)
orthanc.RegisterStorageArea2(create, read, read_range, remove)
orthanc.RegisterDecodeImageCallback(decode)
orthanc.RegisterTranscoderCallback(transcode)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher, files: Path) -> OrthancServer:
    config = {
        "MaximumStorageCacheSize": 0,
        "StorageCompression": False,
        "Python": {"Workers": {"Count": 1}},
    }
    return shared_orthanc(SCRIPT, config=config, environment={"FILES": str(files)})


def test_storage_area(server: OrthancServer, files: Path) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    identifier = server.upload(dicom)
    server.wait_log("CREATED [0-9a-f-]+ DICOM", start=server.log_offset)
    assert server.get(f"/instances/{identifier}/file").content == dicom
    assert dicom in [path.read_bytes() for path in files.iterdir()]
    assert server.delete(f"/instances/{identifier}").status_code == 200
    assert list(files.iterdir()) == []


def test_what_a_storage_area_raises(server: OrthancServer, files: Path) -> None:
    (files / "full").touch()
    try:
        answer = server.post("/instances", dicom_bytes("CT_small.dcm"))
    finally:
        (files / "full").unlink()
    assert answer.json()["OrthancError"] == "The file storage is full"
    assert server.get("/instances").json() == []


def test_decoder(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes(COLOR))
    answer = server.get(f"/instances/{identifier}/preview")
    server.wait_log("DECODED [0-9]+ 0", start=server.log_offset)
    found = np.asarray(Image.open(io.BytesIO(answer.content)))
    expected = pydicom.dcmread(dicom_path(COLOR)).pixel_array
    np.testing.assert_array_equal(found, expected if expected.ndim == 3 else expected[0])


def test_transcoder(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes(COLOR))
    server.post(
        f"/instances/{identifier}/modify",
        f'{{"Transcode": "{ExplicitVRLittleEndian}", "Replace": {{"InstitutionName": "x"}}}}',
    )
    server.wait_log(rf"ASKED FOR \('{ExplicitVRLittleEndian}',\)", start=server.log_offset)


def test_a_handler_in_a_worker_needs_them(server: OrthancServer) -> None:
    """The only worker runs the callbacks within its own task."""
    dicom = dicom_bytes(COLOR)
    identifier = server.upload(dicom)
    preview = len(server.get(f"/instances/{identifier}/preview").content)
    answer = server.get(f"/asks?id={identifier}", timeout=30)
    assert answer.text == str([len(dicom), len(dicom), preview])
