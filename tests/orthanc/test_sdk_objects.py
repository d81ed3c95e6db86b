# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the orthanc module that are made by its functions: images, DICOM instances."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dicom_files import dicom_bytes
from sdk_session import SCRIPT, evaluate
from server import OrthancServer

pytestmark = pytest.mark.orthanc


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


def test_dicom_of_an_instance(server: OrthancServer) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    identifier = server.upload(dicom)
    seen = evaluate(server, f"orthanc.GetDicomForInstance('{identifier}')")
    assert seen["type"] == "bytes"
    assert seen["value"].encode("latin-1") == dicom


def test_dicom_buffer_to_json(server: OrthancServer) -> None:
    call = (
        "orthanc.DicomBufferToJson(body, orthanc.DicomToJsonFormat.HUMAN,"
        " orthanc.DicomToJsonFlags.NONE, 0)"
    )
    seen = evaluate(server, call, dicom_bytes("MR_small.dcm"))
    assert seen["type"] == "str"
    assert json.loads(seen["value"])["Modality"] == "MR"


def test_create_dicom(server: OrthancServer) -> None:
    tags = '\'{"PatientName": "Created", "Modality": "OT"}\''
    call = f"orthanc.CreateDicom({tags}, None, orthanc.CreateDicomFlags.GENERATE_IDENTIFIERS)"
    seen = evaluate(server, call)
    assert seen["type"] == "bytes"
    assert seen["value"][128:132] == "DICM"


def test_create_dicom_instance(server: OrthancServer) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    made = "orthanc.CreateDicomInstance(body)"
    assert evaluate(server, made, dicom)["type"] == "DicomInstance"
    size = evaluate(server, f"{made}.GetInstanceSize()", dicom)["value"]
    assert size == len(dicom)
    data = evaluate(server, f"{made}.GetInstanceData()", dicom)
    assert (data["type"], len(data["value"])) == ("bytes", len(dicom))
    frame = f"{made}.GetInstanceDecodedFrame(0)"
    assert evaluate(server, frame, dicom)["type"] == "Image"
    missing = evaluate(server, f"{made}.GetInstanceDecodedFrame(9)", dicom)
    assert missing["error"] == "OrthancException"


def test_transcode(server: OrthancServer) -> None:
    call = (
        "orthanc.TranscodeDicomInstance(body, '1.2.840.10008.1.2.4.70')"
        ".GetInstanceTransferSyntaxUid()"
    )
    seen = evaluate(server, call, dicom_bytes("CT_small.dcm"))
    assert seen.get("value") == "1.2.840.10008.1.2.4.70", seen


def test_image(server: OrthancServer) -> None:
    pixels = bytes(range(8))
    made = "orthanc.CreateImageFromBuffer(orthanc.PixelFormat.GRAYSCALE8, 4, 2, 4, body)"
    for method, value in [
        ("GetImageWidth", 4),
        ("GetImageHeight", 2),
        ("GetImagePitch", 4),
        ("GetImagePixelFormat", 1),
    ]:
        assert evaluate(server, f"int({made}.{method}())", pixels)["value"] == value
    buffer = evaluate(server, f"{made}.GetImageBuffer()", pixels)
    assert buffer == {"type": "bytes", "value": pixels.decode("latin-1")}
    converted = f"{made}.ConvertPixelFormat(orthanc.PixelFormat.GRAYSCALE16)"
    assert evaluate(server, f"{converted}.GetImageWidth()", pixels)["value"] == 4


def test_compress_and_uncompress(server: OrthancServer) -> None:
    pixels = bytes([0, 64, 128, 255])
    png = "orthanc.CompressPngImage(orthanc.PixelFormat.GRAYSCALE8, 2, 2, 2, body)"
    compressed = evaluate(server, png, pixels)
    assert compressed["value"].startswith("\x89PNG")
    image = f"orthanc.UncompressImage({png}, orthanc.ImageFormat.PNG).GetImageBuffer()"
    found = evaluate(server, image, pixels)["value"].encode("latin-1")
    assert found.replace(b"\0", b"")[-3:] == pixels[1:]


def test_bad_image_is_an_orthanc_exception(server: OrthancServer) -> None:
    error = evaluate(server, "orthanc.UncompressImage(b'junk', orthanc.ImageFormat.PNG)")
    assert error["error"] == "OrthancException"


@pytest.mark.parametrize("name", ["Image", "DicomInstance", "RestOutput"])
def test_wrapped_objects_cannot_be_made_by_hand(server: OrthancServer, name: str) -> None:
    assert evaluate(server, f"orthanc.{name}()")["error"] in {"TypeError", "ValueError"}


def test_sdk_in_a_thread_of_the_script(orthanc: Any) -> None:
    script = """
        import threading
        import orthanc
        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STARTED:
                def work():
                    orthanc.LogWarning("thread: " + orthanc.RestApiGet("/system").decode()[:1])
                thread = threading.Thread(target=work)
                thread.start()
                thread.join()
        orthanc.RegisterOnChangeCallback(changed)
    """
    orthanc(script).wait_log(r"thread: \{")


@pytest.mark.runtime_only
def test_waiting_sdk_call_leaves_other_handlers_alone(orthanc: Any) -> None:
    """The reference holds the GIL during HttpGet, and deadlocks here until the timeout."""
    script = """
        import threading
        import orthanc
        opened = threading.Event()
        def wait(output, uri, **request):
            opened.wait(30)
            output.AnswerBuffer("waited", "text/plain")
        def fetch(output, uri, **request):
            orthanc.LogWarning("fetching")
            output.AnswerBuffer(orthanc.HttpGet(URL + "/wait", "", ""), "text/plain")
        def open_it(output, uri, **request):
            opened.set()
            output.AnswerBuffer("opened", "text/plain")
        def set_url(output, uri, **request):
            global URL
            URL = request["body"].decode()
            output.AnswerBuffer("set", "text/plain")
        orthanc.RegisterRestCallback("/wait", wait)
        orthanc.RegisterRestCallback("/fetch", fetch)
        orthanc.RegisterRestCallback("/open", open_it)
        orthanc.RegisterRestCallback("/set-url", set_url)
    """
    server = orthanc(script)
    server.post("/set-url", server.url)
    fetched = server.in_background("/fetch")
    server.wait_log("fetching")
    assert server.get("/open").text == "opened"
    assert fetched.result(60).text == "waited"
