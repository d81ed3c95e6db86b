# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterReceivedInstanceCallback: instances are kept, modified or discarded on their way in."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from dicom_files import dicom_bytes, dicom_path
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = pytest.mark.orthanc

SCRIPT = r"""
import json
import orthanc

ANSWERS = {}
CALLS = []
ACTIONS = orthanc.ReceivedInstanceAction

def fail(error):
    raise error

def received(dicom, origin):
    CALLS.append(["received", type(dicom).__name__, type(origin).__name__, len(dicom), origin])
    return eval(ANSWERS.get("received", "(ACTIONS.KEEP_AS_IS, None)"), globals(), {"dicom": dicom})

def second(dicom, origin):
    CALLS.append(["second", type(dicom).__name__, type(origin).__name__, len(dicom), origin])
    return eval(ANSWERS.get("second", "(ACTIONS.KEEP_AS_IS, None)"), globals(), {"dicom": dicom})

def rename(dicom, name):
    # same length, so that the file stays valid
    old = ANSWERS["old"].encode()
    assert dicom.count(old) == 1 and len(old) == len(name)
    return dicom.replace(old, name.encode())

def set_answers(output, uri, **request):
    ANSWERS.clear()
    ANSWERS.update(json.loads(request["body"]))
    CALLS.clear()
    output.AnswerBuffer("{}", "application/json")

def calls(output, uri, **request):
    output.AnswerBuffer(json.dumps(CALLS), "application/json")

def register_second(output, uri, **request):
    orthanc.RegisterReceivedInstanceCallback(second)
    output.AnswerBuffer("{}", "application/json")

orthanc.RegisterReceivedInstanceCallback(received)
orthanc.RegisterRestCallback("/answers", set_answers)
orthanc.RegisterRestCallback("/calls", calls)
orthanc.RegisterRestCallback("/register-second", register_second)
"""
NAME = "CompressedSamples^CT1"
OTHER = "Anonymised^Samples^CT"
THIRD = "Modified^Once^More^CT"
REST_API, DICOM_PROTOCOL = 3, 2
CONFIG = {"DicomServerEnabled": True, "DicomAlwaysAllowStore": True, "OverwriteInstances": True}


@pytest.fixture(scope="module")
def started(shared_orthanc: Any) -> OrthancServer:
    server: OrthancServer = shared_orthanc(SCRIPT, config=CONFIG)
    return server


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    answer(started)
    yield started
    answer(started)
    for patient in started.get("/patients").json():
        started.delete(f"/patients/{patient}")


def answer(server: OrthancServer, **answers: str) -> None:
    """What the callbacks shall return; forgets their calls."""
    assert server.post("/answers", json.dumps({"old": NAME} | answers)).status_code == 200


def calls(server: OrthancServer) -> list[Any]:
    found: list[Any] = server.get("/calls").json()
    return found


def stored_names(server: OrthancServer) -> list[str]:
    patients = server.get("/patients?expand").json()
    return [patient["MainDicomTags"]["PatientName"] for patient in patients]


def test_kept_as_it_is(server: OrthancServer) -> None:
    dicom = dicom_bytes()
    identifier = server.upload(dicom)
    assert server.get(f"/instances/{identifier}/file").content == dicom
    ((name, data, origin, size, value),) = calls(server)
    assert (name, data, size, value) == ("received", "bytes", len(dicom), REST_API)
    assert origin in ("InstanceOrigin", "int")  # int in the reference


def test_received_over_dicom(server: OrthancServer) -> None:
    command = ["storescu", "127.0.0.1", str(server.dicom_port), str(dicom_path())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert [call[-1] for call in calls(server)] == [DICOM_PROTOCOL]
    assert stored_names(server) == [NAME]


def test_modified(server: OrthancServer) -> None:
    answer(server, received=f"(ACTIONS.MODIFY, rename(dicom, '{OTHER}'))")
    identifier = server.upload(dicom_bytes())
    assert stored_names(server) == [OTHER]
    stored = server.get(f"/instances/{identifier}/file").content
    assert stored == dicom_bytes().replace(NAME.encode(), OTHER.encode())


@pytest.mark.runtime_only
@pytest.mark.parametrize("buffer", ["bytearray", "memoryview"])
def test_modified_with_any_buffer(server: OrthancServer, buffer: str) -> None:
    answer(server, received=f"(ACTIONS.MODIFY, {buffer}(rename(dicom, '{OTHER}')))")
    server.upload(dicom_bytes())
    assert stored_names(server) == [OTHER]


def test_a_large_one_is_modified(server: OrthancServer) -> None:
    answer(server, old="Synthetic", received="(ACTIONS.MODIFY, rename(dicom, 'Different'))")
    dicom = synthetic_dicom(1, rows=4096)
    identifier = server.upload(dicom)
    stored = server.get(f"/instances/{identifier}/file").content
    assert stored == dicom.replace(b"Synthetic", b"Different")


def test_discarded(server: OrthancServer) -> None:
    answer(server, received="(ACTIONS.DISCARD, None)")
    done = server.post("/instances", dicom_bytes())
    assert (done.status_code, done.json()["Status"]) == (200, "FilteredOut")
    assert stored_names(server) == []


@pytest.mark.parametrize(
    "returned",
    ["None", "5", "(1,)", "[1, None]", "('1', None)", "fail(ValueError('no'))", "fail(SystemExit)"],
)
def test_kept_where_the_callback_fails(server: OrthancServer, returned: str) -> None:
    answer(server, received=returned)
    server.upload(dicom_bytes())
    assert stored_names(server) == [NAME]
    server.wait_log("received instance callback|ReceivedInstance callback", 20, server.log_offset)


@pytest.mark.parametrize(
    "returned", ["(ACTIONS.MODIFY, None)", "(ACTIONS.MODIFY, 'text')", "(99, None)"]
)
def test_refused_where_the_modification_is_lost(server: OrthancServer, returned: str) -> None:
    answer(server, received=returned)
    assert server.post("/instances", dicom_bytes()).status_code == 500
    assert stored_names(server) == []


def test_modified_into_something_else_than_dicom(server: OrthancServer) -> None:
    answer(server, received="(ACTIONS.MODIFY, b'junk')")
    assert server.post("/instances", dicom_bytes()).status_code == 400
    assert stored_names(server) == []


@pytest.mark.runtime_only
def test_what_is_wrong_is_logged(server: OrthancServer) -> None:
    for returned, message in (
        ("None", "must return a tuple of action and data, not NoneType"),
        ("('1', None)", "must return a ReceivedInstanceAction first, not str"),
        ("(2, None)", "must return bytes or another buffer, not NoneType"),
        ("(99, None)", "returned an unknown action"),
    ):
        answer(server, received=returned)
        server.post("/instances", dicom_bytes())
        server.wait_log(f"the ReceivedInstance callback {message}", start=server.log_offset)


@pytest.fixture(scope="module")
def two(started: OrthancServer) -> None:
    """The second callback is registered while Orthanc runs; the tests above have one."""
    assert started.post("/register-second").status_code == 200


@pytest.mark.runtime_only
@pytest.mark.usefixtures("two")
def test_each_gets_what_the_one_before_has_left(server: OrthancServer) -> None:
    first = f"(ACTIONS.MODIFY, bytearray(rename(dicom, '{OTHER}')))"
    second = f"(ACTIONS.MODIFY, dicom.replace(b'{OTHER}', b'{THIRD}'))"
    answer(server, received=first, second=second)
    server.upload(dicom_bytes())
    assert stored_names(server) == [THIRD]
    assert [call[:2] for call in calls(server)] == [["received", "bytes"], ["second", "bytes"]]


@pytest.mark.runtime_only
@pytest.mark.usefixtures("two")
def test_one_that_fails_does_not_stop_the_others(server: OrthancServer) -> None:
    answer(server, received="fail(ValueError)", second=f"(2, rename(dicom, '{OTHER}'))")
    server.upload(dicom_bytes())
    assert stored_names(server) == [OTHER]
    answer(server, received=f"(2, rename(dicom, '{THIRD}'))", second="None")
    server.upload(dicom_bytes())
    assert stored_names(server) == [THIRD]


@pytest.mark.runtime_only
@pytest.mark.usefixtures("two")
def test_a_discarded_instance_goes_no_further(server: OrthancServer) -> None:
    answer(server, received="(ACTIONS.DISCARD, None)")
    assert server.post("/instances", dicom_bytes()).json()["Status"] == "FilteredOut"
    assert [call[0] for call in calls(server)] == ["received"]
    answer(server, received=f"(2, rename(dicom, '{OTHER}'))", second="(3, None)")
    assert server.post("/instances", dicom_bytes()).json()["Status"] == "FilteredOut"
    assert stored_names(server) == []
