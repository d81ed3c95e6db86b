# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterStorageArea2: a storage area that reads parts of its files, or leaves that to Orthanc."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer
from storage_script import CONFIG, SCRIPT, calls, delete_all, seen, set_faults
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

AREA = (
    SCRIPT
    + r"""
def create(uuid, content_type, content):
    FILES[uuid] = content

def read_whole(uuid, content_type):
    tell("read_whole", uuid, content_type)
    return FILES[uuid]

def read_range(uuid, content_type, start, size):
    tell("read_range", uuid, content_type, start, size)
    content = FILES[uuid][start:start + size]
    return fault("read_range", content) if "read_range" in FAULTS else memoryview(content)

def remove(uuid, content_type):
    del FILES[uuid]

orthanc.RegisterStorageArea2(create, read_whole, READ_RANGE, remove)
"""
)
DICOM = 1
PIXEL_DATA = 6288
"""Where the pixel data of CT_small.dcm begin."""


@pytest.fixture(scope="module")
def started(shared_orthanc: Any) -> OrthancServer:
    server: OrthancServer = shared_orthanc(AREA.replace("READ_RANGE", "read_range"), config=CONFIG)
    return server


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    set_faults(started)
    yield started
    set_faults(started)
    delete_all(started)


def test_tags_are_read_without_the_pixels(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    assert server.get(f"/instances/{identifier}/tags").json()["0008,0060"]["Value"] == "CT"
    ((kinds, values),) = calls(server, "read_range")
    assert kinds == ["str", "ContentType", "int", "int"]
    assert values[1:] == [DICOM, 0, PIXEL_DATA]
    assert calls(server, "read_whole") == []


def test_whole_files(server: OrthancServer) -> None:
    files = [synthetic_dicom(number, rows=64) for number in range(50)]
    identifiers = [server.upload(file) for file in files]
    for identifier, file in zip(identifiers, files, strict=True):
        assert server.get(f"/instances/{identifier}/file").content == file
    delete_all(server)
    assert seen(server)["files"] == 0


@pytest.mark.sdk(1, 12, 8)
def test_a_range_over_http(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    answer = server.get(
        f"/instances/{identifier}/attachments/dicom/data", headers={"Range": "bytes=100-199"}
    )
    assert (answer.status_code, answer.content) == (206, dicom_bytes()[100:200])
    assert [values[1:] for _, values in calls(server, "read_range")] == [[DICOM, 100, 100]]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("content[:-1]", f"returned {PIXEL_DATA - 1} bytes where Orthanc asked for {PIXEL_DATA}"),
        ("content + b'x'", f"returned {PIXEL_DATA + 1} bytes where Orthanc asked for {PIXEL_DATA}"),
        ("'text'", "must return bytes or another buffer, not str"),
        ("None", "must return bytes or another buffer, not NoneType"),
        ("fail(KeyError('gone'))", "gone"),
    ],
)
def test_something_else_than_the_range(server: OrthancServer, returned: str, message: str) -> None:
    identifier = server.upload(dicom_bytes())
    set_faults(server, read_range=returned)
    assert server.get(f"/instances/{identifier}/tags").status_code == 500
    server.wait_log(message, start=server.log_offset)


def test_without_ranges_and_after_a_reset(orthanc: Any) -> None:
    server = orthanc(AREA.replace("READ_RANGE", "None"), config=CONFIG)
    identifier = server.upload(dicom_bytes())
    assert server.get(f"/instances/{identifier}/tags").json()["0008,0060"]["Value"] == "CT"
    assert server.get(f"/instances/{identifier}/file").content == dicom_bytes()
    assert len(calls(server, "read_whole")) == 2
    assert calls(server, "read_range") == []
    delete_all(server)
    start = len(server.log)
    assert server.post("/tools/reset").status_code == 200
    server.session.close()
    server.wait_log("Orthanc has started", 60, start)
    assert seen(server) == {"calls": [], "files": 0}
    identifier = server.upload(dicom_bytes())
    assert server.get(f"/instances/{identifier}/file").content == dicom_bytes()
    assert len(calls(server, "read_whole")) == 1
