# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterStorageArea3: a storage area with custom data; adopted instances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer
from storage_script import CONFIG, SCRIPT, calls, delete_all, seen, set_faults
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.sdk(1, 12, 8)]

AREA = (
    SCRIPT
    + r"""
from pathlib import Path

KEPT = []

def create(uuid, content_type, compression_type, content, dicom_instance):
    tell("create", uuid, content_type, compression_type, content, dicom_instance)
    if content_type == orthanc.ContentType.DICOM:
        KEPT.append(dicom_instance)
        CALLS.append(json.loads(dicom_instance.GetInstanceSimplifiedJson())["Modality"])
    FILES[uuid] = content
    if "create" in FAULTS:
        return fault("create")
    return orthanc.ErrorCode.SUCCESS, b"\0of " + uuid.encode()

def read_range(uuid, content_type, start, size, custom_data):
    tell("read_range", uuid, content_type, start, size, custom_data)
    if custom_data.startswith(b"/"):
        content = Path(custom_data.decode()).read_bytes()[start:start + size]
    else:
        assert custom_data in (b"", b"\0of " + uuid.encode()), custom_data
        content = FILES[uuid][start:start + size]
    if "read_range" in FAULTS:
        return fault("read_range", content)
    return orthanc.ErrorCode.SUCCESS, content

def remove(uuid, content_type, custom_data):
    tell("remove", uuid, content_type, custom_data)
    FILES.pop(uuid, None)
    return fault("remove") if "remove" in FAULTS else 0

def use_kept(output, uri, **request):
    try:
        output.AnswerBuffer(str(KEPT[0].GetInstanceSize()), "text/plain")
    except Exception as error:
        output.AnswerBuffer(type(error).__name__, "text/plain")

def adopt(output, uri, **request):
    path = request["body"].decode()
    result = orthanc.AdoptDicomInstance(Path(path).read_bytes(), path)
    kinds = [type(value).__name__ for value in result]
    output.AnswerBuffer(json.dumps([list(result), kinds]), "application/json")

def custom_data(output, uri, **request):
    uuid = request["groups"][0]
    if request["method"] == "PUT":
        orthanc.SetAttachmentCustomData(uuid, request["body"] or None)
    output.AnswerBuffer(orthanc.GetAttachmentCustomData(uuid), "application/octet-stream")

orthanc.RegisterStorageArea3(create, read_range, remove)
orthanc.RegisterRestCallback("/use-kept", use_kept)
orthanc.RegisterRestCallback("/adopt", adopt)
orthanc.RegisterRestCallback("/custom-data/(.*)", custom_data)
try:
    orthanc.RegisterStorageArea3(create, read_range, remove)
except RuntimeError as error:
    orthanc.LogWarning(f"AGAIN {error}")
"""
)
DICOM, NO_COMPRESSION = 1, 4
PLUGIN, UNKNOWN_RESOURCE = 1, 17


@pytest.fixture(scope="module")
def started(shared_orthanc: Any) -> OrthancServer:
    server: OrthancServer = shared_orthanc(AREA, config=CONFIG)
    return server


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    set_faults(started)
    yield started
    set_faults(started)
    delete_all(started)


def uuid_of(server: OrthancServer, identifier: str) -> str:
    uuid: str = server.get(f"/instances/{identifier}/attachments/dicom/info").json()["Uuid"]
    return uuid


def test_files_come_back(server: OrthancServer) -> None:
    before = seen(server)["files"]
    files = [synthetic_dicom(number, rows=32) for number in range(200)]
    identifiers = [server.upload(file) for file in files]
    assert seen(server)["files"] == before + 200
    for identifier, file in zip(identifiers, files, strict=True):
        assert server.get(f"/instances/{identifier}/file").content == file
    delete_all(server)
    assert seen(server)["files"] == before


def test_what_the_callbacks_get(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    uuid = uuid_of(server, identifier)
    server.get(f"/instances/{identifier}/file")
    server.delete(f"/instances/{identifier}")
    size, custom = len(dicom_bytes()), len(uuid) + 4
    ((kinds, values),) = calls(server, "create")
    assert values == [uuid, DICOM, NO_COMPRESSION, size, None]
    assert (kinds[0], kinds[3], kinds[4]) == ("str", "bytes", "DicomInstance")
    assert "CT" in seen(server)["calls"]
    ((kinds, values),) = calls(server, "read_range")
    assert values == [uuid, DICOM, 0, size, custom]
    assert kinds[-1] == "bytes"
    ((kinds, values),) = calls(server, "remove")
    assert values == [uuid, DICOM, custom]
    assert kinds[-1] == "bytes"


@pytest.mark.runtime_only
def test_other_files_have_no_instance(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server)
    large = bytes(64 * 1024 * 1024)
    assert server.put(f"/instances/{identifier}/attachments/1024", large).status_code == 200
    ((kinds, values),) = calls(server, "create")
    assert kinds == ["str", "ContentType", "CompressionType", "bytes", "NoneType"]
    assert values[3] == len(large)
    assert server.get(f"/instances/{identifier}/attachments/1024/data").content == large


@pytest.mark.runtime_only
def test_a_kept_instance_raises(server: OrthancServer) -> None:
    server.upload(dicom_bytes())
    assert server.get("/use-kept").text == "OrthancException"


def test_a_range_over_http(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    answer = server.get(
        f"/instances/{identifier}/attachments/dicom/data", headers={"Range": "bytes=100-199"}
    )
    assert (answer.status_code, answer.content) == (206, dicom_bytes()[100:200])


def test_without_custom_data(server: OrthancServer) -> None:
    set_faults(server, create="(0, None)")
    identifier = server.upload(dicom_bytes())
    assert server.get(f"/custom-data/{uuid_of(server, identifier)}").content == b""


@pytest.mark.runtime_only
@pytest.mark.parametrize("data", ["b''", "bytearray(b'/abc')", "memoryview(b'/abc')"])
def test_any_buffer_is_custom_data(server: OrthancServer, data: str) -> None:
    set_faults(server, create=f"(0, {data})")
    identifier = server.upload(dicom_bytes())
    stored = server.get(f"/custom-data/{uuid_of(server, identifier)}").content
    assert stored == (b"" if data == "b''" else b"/abc")


@pytest.mark.parametrize(
    "returned",
    ["None", "0", "b'x'", "(0, 'text')", "(0, 5)", "(0,)", "('0', None)", "(True, None)"],
)
def test_create_returns_something_else(server: OrthancServer, returned: str) -> None:
    set_faults(server, create=returned)
    answer = server.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (500, PLUGIN)
    server.wait_log("StorageCreate2 callback", start=server.log_offset)
    assert server.get("/instances").json() == []


@pytest.mark.parametrize(
    "returned",
    ["None", "content", "(0, None)", "(0, 'text')", "(0, content[:-1])", "(0, content, 1)"],
)
def test_read_returns_something_else(server: OrthancServer, returned: str) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, read_range=returned)
    answer = server.get(f"/instances/{identifier}/file")
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (500, PLUGIN)
    server.wait_log("StorageReadRange2 callback", start=server.log_offset)


def test_returned_codes_reach_the_client(server: OrthancServer) -> None:
    set_faults(server, create="(orthanc.ErrorCode.UNKNOWN_RESOURCE, None)")
    answer = server.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, UNKNOWN_RESOURCE)
    server.wait_log("StorageCreate2 callback returned", start=server.log_offset)
    assert server.get("/instances").json() == []
    set_faults(server)
    identifier = server.upload(dicom_bytes())
    set_faults(server, read_range="(17, b'')")
    answer = server.get(f"/instances/{identifier}/file")
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, UNKNOWN_RESOURCE)


def test_exceptions(server: OrthancServer) -> None:
    set_faults(server, create="fail(ValueError('no room'))")
    assert server.post("/instances", dicom_bytes()).status_code == 500
    server.wait_log("no room", start=server.log_offset)
    assert server.get("/instances").json() == []
    set_faults(server)
    identifier = server.upload(dicom_bytes())
    set_faults(server, read_range="fail(ValueError('unreadable'))")
    assert server.get(f"/instances/{identifier}/file").status_code == 500
    server.wait_log("unreadable", start=server.log_offset)


@pytest.mark.runtime_only
def test_codes_of_exceptions_are_kept(server: OrthancServer) -> None:
    set_faults(server, create="fail(orthanc.OrthancException(17, 'Unknown resource'))")
    answer = server.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, UNKNOWN_RESOURCE)


@pytest.mark.parametrize("returned", ["None", "(0,)", "17", "fail(ValueError('stuck'))"])
def test_remove_goes_wrong(server: OrthancServer, returned: str) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, remove=returned)
    assert server.delete(f"/instances/{identifier}").status_code == 200
    server.wait_log("Unable to remove an attachment", start=server.log_offset)


def test_custom_data_can_be_changed(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    uuid = uuid_of(server, identifier)
    assert server.get(f"/custom-data/{uuid}").content == b"\0of " + uuid.encode()
    assert server.put(f"/custom-data/{uuid}", b"/a\0b").content == b"/a\0b"
    assert server.put(f"/custom-data/{uuid}", b"").content == b""  # None
    missing = server.get("/custom-data/nope")
    assert missing.status_code in (404, 500)  # the reference loses the code


def test_there_is_one_storage_area(server: OrthancServer) -> None:
    server.wait_log(r"AGAIN .*storage area")


@pytest.mark.runtime_only
def test_an_adopted_instance_stays_where_it_is(server: OrthancServer) -> None:
    path = server.folder / "adopted.dcm"
    path.write_bytes(dicom_bytes("MR_small.dcm"))
    (identifier, uuid, status), kinds = server.post("/adopt", str(path)).json()
    assert (status, kinds) == (0, ["str", "str", "StoreStatus"])
    assert server.get("/instances").json() == [identifier]
    assert uuid_of(server, identifier) == uuid
    assert calls(server, "create") == []
    assert server.get(f"/instances/{identifier}/file").content == path.read_bytes()
    assert server.get(f"/custom-data/{uuid}").text == str(path)
    server.delete(f"/instances/{identifier}")
    assert path.exists()


@pytest.mark.runtime_only
def test_adopting_what_is_no_dicom(server: OrthancServer) -> None:
    path = server.folder / "junk.dcm"
    path.write_bytes(b"junk")
    answer = server.post("/adopt", str(path))
    assert answer.status_code == 400
    assert json.loads(answer.text)["OrthancStatus"] == 15
    assert server.get("/instances").json() == []
