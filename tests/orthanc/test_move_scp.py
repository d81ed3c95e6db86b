# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterMoveCallback and RegisterMoveCallback2: the script serves C-MOVE."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dcmtk
import dicom_callbacks
import pytest
from dicom_callbacks import calls, evaluate, set_actions
from launcher import Launcher
from server import OrthancServer
from synthetic_dicom import ROOT, synthetic_dicom

from orthanc_runtime.testing.server import unused_port

pytestmark = pytest.mark.orthanc

WHOLE = (
    dicom_callbacks.SCRIPT
    + r"""
def move(**request):
    return call("move", request, request=request)

orthanc.RegisterMoveCallback(move)
"""
)
DRIVERS = (
    dicom_callbacks.SCRIPT
    + r"""
import gc
import weakref

DRIVERS = weakref.WeakSet()

class Driver:
    def __init__(self, request):
        self.request = request
        self.instances = list_instances(request["StudyInstanceUID"])
        DRIVERS.add(self)

def list_instances(uid):
    found = json.loads(orthanc.RestApiPost("/tools/lookup", uid))
    return [i["ID"] for one in found if one["Type"] == "Study"
            for i in json.loads(orthanc.RestApiGet(f"/studies/{one['ID']}/instances"))]

def send(driver):
    orthanc.RestApiPost("/modalities/target/store", driver.instances.pop())
    return orthanc.ErrorCode.SUCCESS

def create(**request):
    CALLS.append(["create", request])
    return eval(ACTIONS.get("create", "Driver(request)"), globals(), {"request": request})

def size(driver):
    return eval(ACTIONS.get("size", "len(driver.instances)"), globals(), {"driver": driver})

def apply(driver):
    return call("apply", driver=driver)

def free(driver):
    return call("free", type(driver).__name__, driver=driver)

def living_drivers():
    gc.collect()
    return len(DRIVERS)

orthanc.RegisterMoveCallback2(create, size, apply, free)
TWICE = error_of(orthanc.RegisterMoveCallback, print)
TYPES = error_of(orthanc.RegisterMoveCallback2, create, size, 5, free)
"""
)
IDENTIFIERS = (
    "PatientID",
    "AccessionNumber",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "SOPInstanceUID",
)
SUCCESS = 0x0000
STUDY = f"StudyInstanceUID={ROOT}.2"


@pytest.fixture(scope="module")
def target_port() -> int:
    return unused_port()


@pytest.fixture(scope="module")
def whole(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(WHOLE, config=dicom_callbacks.CONFIG)


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher, target_port: int) -> OrthancServer:
    modalities = {"target": ["TARGET", "127.0.0.1", target_port]}
    config = dicom_callbacks.CONFIG | {"DicomModalities": modalities}
    server = shared_orthanc(DRIVERS, config=config)
    for number in range(1, 4):
        server.upload(synthetic_dicom(number))
    return server


@pytest.mark.parametrize(
    ("keys", "request_seen"),
    [
        (
            ["QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3"],
            {"Level": "STUDY", "StudyInstanceUID": "1.2.3"},
        ),
        (
            ["QueryRetrieveLevel=IMAGE", "StudyInstanceUID=1.2", "SOPInstanceUID=1.4"],
            {"Level": "INSTANCE", "StudyInstanceUID": "1.2", "SOPInstanceUID": "1.4"},
        ),
        (
            ["QueryRetrieveLevel=SERIES", "SeriesInstanceUID=1.3", "AccessionNumber=7"],
            {"Level": "SERIES", "SeriesInstanceUID": "1.3", "AccessionNumber": "7"},
        ),
        (["QueryRetrieveLevel=PATIENT", "PatientID=ada"], {"Level": "PATIENT", "PatientID": "ada"}),
    ],
)
def test_the_request(whole: OrthancServer, keys: list[str], request_seen: dict[str, Any]) -> None:
    set_actions(whole)
    outcome = dcmtk.move(whole, *keys)
    assert outcome.status == SUCCESS
    assert outcome.count("Completed") == 1
    absent = dict.fromkeys(IDENTIFIERS, "")
    aets = {"OriginatorAET": "MOVESCU", "SourceAET": "ORTHANC", "TargetAET": "TARGET"}
    expected = absent | aets | {"OriginatorID": 1} | request_seen
    assert calls(whole) == [["move", expected]]


def test_a_callback_that_raises(whole: OrthancServer) -> None:
    set_actions(whole, move="fail(ValueError('nothing to move'))")
    start = len(whole.log)
    outcome = dcmtk.move(whole, "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3")
    assert outcome.status != SUCCESS
    assert outcome.count("Failed") == 1
    whole.wait_log("nothing to move", start=start)


@pytest.mark.runtime_only
def test_a_request_without_level(whole: OrthancServer) -> None:
    set_actions(whole)
    assert dcmtk.move(whole, "StudyInstanceUID=1.2.3").status == SUCCESS
    [[_, request]] = calls(whole)
    assert (request["Level"], request["StudyInstanceUID"]) == ("", "1.2.3")


def move_study(server: OrthancServer) -> dcmtk.Outcome:
    return dcmtk.move(server, "QueryRetrieveLevel=STUDY", STUDY)


@pytest.mark.runtime_only
def test_instances_reach_the_target(
    server: OrthancServer, target_port: int, tmp_path: Path
) -> None:
    set_actions(server, apply="send(driver)")
    with dcmtk.StorageScp(target_port, tmp_path) as target:
        outcome = move_study(server)
        received = target.instances()
    assert (outcome.status, outcome.count("Completed")) == (SUCCESS, 3)
    assert received == {f"{ROOT}.1.{number}" for number in range(1, 4)}
    assert [call[0] for call in calls(server)] == ["create", "apply", "apply", "apply", "free"]
    assert evaluate(server, "living_drivers()") == 0


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("action", "succeeds"),
    [
        ("fail(ValueError('cannot send'))", False),
        ("orthanc.ErrorCode.NETWORK_PROTOCOL", False),
        ("orthanc.ErrorCode.SUCCESS", True),
        ("None", True),
        ("True", True),
        ("'anything'", True),
    ],
)
def test_what_a_sub_operation_returns(server: OrthancServer, action: str, succeeds: bool) -> None:
    set_actions(server, apply=action)
    outcome = move_study(server)
    assert (outcome.status == SUCCESS) == succeeds
    # Orthanc does no more after one that fails
    assert (outcome.count("Failed") == 0) == succeeds
    assert evaluate(server, "living_drivers()") == 0


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("None", "size callback must return an int, not NoneType"),
        ("'3'", "size callback must return an int, not str"),
        ("-1", "size callback returned -1"),
        ("1 << 32", "size callback returned 4294967296"),
        ("1 << 80", "size callback returned 1208925819614629174706176"),
        ("fail(ValueError('cannot count'))", "cannot count"),
    ],
)
def test_a_size_that_is_none(server: OrthancServer, size: str, message: str) -> None:
    set_actions(server, size=size)
    start = len(server.log)
    outcome = move_study(server)
    assert outcome.status != SUCCESS
    assert outcome.count("Failed") == 1
    server.wait_log(message, start=start)
    assert [call[0] for call in calls(server)] == ["create", "free"]


@pytest.mark.runtime_only
def test_nothing_to_move(server: OrthancServer) -> None:
    set_actions(server, size="0")
    assert move_study(server).status == SUCCESS
    assert [call[0] for call in calls(server)] == ["create", "free"]


@pytest.mark.runtime_only
def test_a_request_that_is_refused(server: OrthancServer) -> None:
    set_actions(server, create="fail(PermissionError('not for you'))")
    start = len(server.log)
    assert move_study(server).status != SUCCESS
    server.wait_log("not for you", start=start)
    assert [call[0] for call in calls(server)] == ["create"]


@pytest.mark.runtime_only
def test_none_is_a_driver_like_another(server: OrthancServer) -> None:
    set_actions(server, create="None", size="2")
    outcome = move_study(server)
    assert (outcome.status, outcome.count("Completed")) == (SUCCESS, 2)
    assert calls(server, "free") == [["free", "NoneType"]]


@pytest.mark.runtime_only
def test_a_driver_that_cannot_be_freed(server: OrthancServer) -> None:
    set_actions(server, free="fail(ValueError('still in use'))")
    start = len(server.log)
    assert move_study(server).status == SUCCESS
    server.wait_log("still in use", start=start)
    assert evaluate(server, "living_drivers()") == 0


@pytest.mark.runtime_only
def test_registrations_that_are_refused(server: OrthancServer) -> None:
    twice, types = evaluate(server, "[TWICE, TYPES]")
    assert twice.startswith("RuntimeError: Can only register one Python C-MOVE callback")
    assert twice.count("script.py:") == 2
    assert types == "TypeError: RegisterMoveCallback2 needs a callable, not int"
    late = evaluate(server, "error_of(orthanc.RegisterMoveCallback2, create, size, apply, free)")
    assert late.startswith("RuntimeError: RegisterMoveCallback2 works only while")
