# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterStorageArea: Orthanc's files live in the script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer
from storage_script import CONFIG, SCRIPT, calls, delete_all, seen, set_faults
from synthetic_dicom import synthetic_dicom

pytestmark = pytest.mark.orthanc

AREA = (
    SCRIPT
    + r"""
def create(uuid, content_type, content):
    tell("create", uuid, content_type, content)
    fault("create")
    FILES[uuid] = content

def read(uuid, content_type):
    tell("read", uuid, content_type)
    return fault("read", FILES[uuid]) if "read" in FAULTS else FILES[uuid]

def remove(uuid, content_type):
    tell("remove", uuid, content_type)
    del FILES[uuid]
    fault("remove")

def attempt(function, *arguments):
    try:
        function(*arguments)  # second place
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing raised"

def late(output, uri, **request):
    output.AnswerBuffer(attempt(orthanc.RegisterStorageArea, create, read, remove), "text/plain")

def through(output, uri, **request):
    stored = json.loads(orthanc.RestApiPost("/instances", request["body"]))
    content = orthanc.RestApiGet(f"/instances/{stored['ID']}/file")
    output.AnswerBuffer(content, "application/dicom")

orthanc.RegisterStorageArea(create, read, remove)  # first place
orthanc.LogWarning("AGAIN " + attempt(orthanc.RegisterStorageArea, create, read, remove))
if hasattr(orthanc, "RegisterStorageArea2"):
    again = attempt(orthanc.RegisterStorageArea2, create, read, None, remove)
    orthanc.LogWarning("AGAIN 2 " + again)
    orthanc.LogWarning("NUMBERS " + attempt(orthanc.RegisterStorageArea, 1, 2, 3))
orthanc.RegisterRestCallback("/late", late)
orthanc.RegisterRestCallback("/through", through)
"""
)
DICOM = 1
PLUGIN = 1
UNKNOWN_RESOURCE = 17
MEGABYTE = 1024 * 1024


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


def test_a_thousand_instances(server: OrthancServer) -> None:
    files = [synthetic_dicom(number) for number in range(1000)]
    identifiers = [server.upload(file) for file in files]
    assert len(set(identifiers)) == 1000
    assert seen(server)["files"] == 1000
    for identifier, file in zip(identifiers, files, strict=True):
        assert server.get(f"/instances/{identifier}/file").content == file
    stored = [path for path in (server.folder / "storage").rglob("*") if path.is_file()]
    assert not [path.name for path in stored if not path.name.startswith("index")]
    delete_all(server)
    assert seen(server)["files"] == 0
    assert server.get("/instances").json() == []


def test_clients_at_the_same_time(server: OrthancServer) -> None:
    files = [synthetic_dicom(number, rows=256) for number in range(16)]
    uploads = [server.in_background("/instances", "POST", data=file) for file in files]
    identifiers = [upload.result(30).json()["ID"] for upload in uploads]
    reads = [server.in_background(f"/instances/{identifier}/file") for identifier in identifiers]
    assert [read.result(30).content for read in reads] == files


@pytest.mark.runtime_only
def test_a_handler_stores_and_reads(server: OrthancServer) -> None:
    # The core may read the file on another thread, which needs the GIL. The reference hangs here.
    assert server.post("/through", dicom_bytes()).content == dicom_bytes()
    assert calls(server, "create")


def test_what_the_callbacks_get(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    server.get(f"/instances/{identifier}/file")
    server.delete(f"/instances/{identifier}")
    create = calls(server, "create")[0]
    assert create[0][0] == "str"
    assert create[0][1] in ("ContentType", "int")  # int in the reference
    assert create[0][2] == "bytes"
    uuid = create[1][0]
    assert create[1][1:] == [DICOM, len(dicom_bytes())]
    assert [call[1] for call in calls(server, "read")] == [[uuid, DICOM]]
    assert [uuid, DICOM] in [call[1] for call in calls(server, "remove")]


def test_large_files(server: OrthancServer) -> None:
    identifier = server.upload(synthetic_dicom(1))
    large = bytes(range(256)) * (64 * MEGABYTE // 256)
    attachment = f"/instances/{identifier}/attachments/1024"
    assert server.put(attachment, large).status_code == 200
    assert server.get(f"{attachment}/data").content == large


def test_an_empty_file(server: OrthancServer) -> None:
    identifier = server.upload(synthetic_dicom(1))
    attachment = f"/instances/{identifier}/attachments/1024"
    assert server.put(attachment, b"").status_code == 200
    answer = server.get(f"{attachment}/data")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    "returned",
    ["bytearray(content)", "memoryview(content)", "__import__('numpy').frombuffer(content, 'u1')"],
)
def test_any_buffer_will_do(server: OrthancServer, returned: str) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, read=returned)
    assert server.get(f"/instances/{identifier}/file").content == dicom_bytes()


@pytest.mark.parametrize("returned", ["'text'", "None", "5", "memoryview(content)[::2]"])
def test_read_returns_something_else(server: OrthancServer, returned: str) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, read=returned)
    answer = server.get(f"/instances/{identifier}/file")
    assert answer.status_code == 500
    assert answer.json()["OrthancStatus"] == PLUGIN
    server.wait_log("StorageRead callback", start=server.log_offset)


@pytest.mark.runtime_only
def test_what_is_wrong_is_logged(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, read="'text'")
    server.get(f"/instances/{identifier}/file")
    server.wait_log(
        "the StorageRead callback must return bytes or another buffer, not str",
        start=server.log_offset,
    )


def test_create_raises(server: OrthancServer) -> None:
    set_faults(server, create="fail(ValueError('no room'))")
    answer = server.post("/instances", dicom_bytes())
    assert answer.status_code == 500
    assert answer.json()["OrthancStatus"] == PLUGIN
    server.wait_log("no room", start=server.log_offset)
    assert server.get("/instances").json() == []
    assert seen(server)["files"] == 0


@pytest.mark.runtime_only
def test_codes_of_exceptions_are_kept(server: OrthancServer) -> None:
    unknown = "fail(orthanc.OrthancException(17, 'Unknown resource'))"
    set_faults(server, create=unknown)
    answer = server.post("/instances", dicom_bytes())
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, UNKNOWN_RESOURCE)
    set_faults(server)
    identifier = server.upload(dicom_bytes())
    set_faults(server, read=unknown)
    answer = server.get(f"/instances/{identifier}/file")
    assert (answer.status_code, answer.json()["OrthancStatus"]) == (404, UNKNOWN_RESOURCE)


def test_remove_raises(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, remove="fail(ValueError('stuck'))")
    assert server.delete(f"/instances/{identifier}").status_code == 200
    server.wait_log("stuck", start=server.log_offset)
    assert server.get("/instances").json() == []


def test_there_is_one_storage_area(server: OrthancServer) -> None:
    again = server.wait_log(r"AGAIN (RuntimeError: .*)$")[1]
    assert again.startswith("RuntimeError")


@pytest.mark.runtime_only
def test_both_places_are_named(server: OrthancServer) -> None:
    first, second = (
        next(number for number, line in enumerate(AREA.splitlines(), 1) if line.endswith(place))
        for place in ("# first place", "# second place")
    )
    for again in ("AGAIN", "AGAIN 2"):
        message = server.wait_log(rf"{again} (RuntimeError: .*)$")[1]
        assert f"script.py:{first}, and now one of" in message
        assert message.endswith(f"script.py:{second}")


@pytest.mark.runtime_only
def test_callbacks_must_be_callable(server: OrthancServer) -> None:
    message = server.wait_log(r"NUMBERS (.*)$")[1]
    assert message == "TypeError: RegisterStorageArea needs a callable, not int"


@pytest.mark.runtime_only
def test_too_late(server: OrthancServer) -> None:
    answer = server.get("/late").text
    assert answer.startswith("OrthancException")
    assert "only while the script is imported" in answer
