# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Callbacks of the DICOM server that are told the connection: AETs and IP address of the peer."""

from __future__ import annotations

from collections.abc import Iterator

import dcmtk
import dicom_callbacks
import pytest
from commitment_peer import AET, CommitmentPeer
from dicom_callbacks import calls, evaluate, set_actions
from launcher import Launcher
from server import OrthancServer

from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only, pytest.mark.sdk(1, 12, 10)]

SCRIPT = (
    dicom_callbacks.SCRIPT
    + r"""
def tell(callback, connection, *more):
    KEPT.append(connection)
    CALLS.append([callback, type(connection).__name__, connection.GetConnectionRemoteAet(),
                  connection.GetConnectionRemoteIp(), connection.GetConnectionCalledAet(), *more])

def add(answers, **values):
    answers.FindAddAnswer(
        orthanc.CreateDicom(json.dumps(values), None, orthanc.CreateDicomFlags.NONE))

def find(answers, query, connection):
    tell("find", connection, query.GetFindQuerySize())
    add(answers, PatientID=connection.GetConnectionRemoteAet())

def worklist(answers, query, connection):
    tell("worklist", connection, query.WorklistIsMatch(b"junk"))

def create(connection, **request):
    tell("move", connection, request)
    return [request["StudyInstanceUID"], 2]

def apply(driver):
    driver[1] -= 1

def commit(job, transaction, classes, instances, connection):
    tell("commit", connection, instances)
    return instances

def look_up(sop_class, sop_instance, data):
    return 0 if sop_instance in data else orthanc.StorageCommitmentFailureReason.SUCCESS

orthanc.RegisterFindCallback2(find)
orthanc.RegisterWorklistCallback2(worklist)
orthanc.RegisterMoveCallback3(create, lambda driver: driver[1], apply, KEPT.append)
orthanc.RegisterStorageCommitmentScpCallback2(commit, look_up)
TWICE = [
    error_of(orthanc.RegisterFindCallback, print),
    error_of(orthanc.RegisterWorklistCallback, print),
    error_of(orthanc.RegisterMoveCallback, print),
    error_of(orthanc.RegisterStorageCommitmentScpCallback, print, print),
]
"""
)
SUCCESS = 0x0000
CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture(scope="module")
def peer_port() -> int:
    return unused_port()


@pytest.fixture(scope="module")
def started(shared_orthanc: Launcher, peer_port: int) -> OrthancServer:
    peer = {"AET": AET, "Host": "127.0.0.1", "Port": peer_port, "AllowStorageCommitment": True}
    config = dicom_callbacks.CONFIG | {"DicomModalities": {"peer": peer}}
    return shared_orthanc(SCRIPT, config=config)


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    set_actions(started)
    yield started
    kept = evaluate(started, "error_of(KEPT[0].GetConnectionRemoteAet)")
    assert "kept after the end of its callback" in kept


def test_find(server: OrthancServer) -> None:
    outcome = dcmtk.find(server, "QueryRetrieveLevel=STUDY", "PatientID", issuer="ISSUER")
    assert [answer.PatientID for answer in outcome.answers] == ["ISSUER"]
    [[*connection, size]] = calls(server)
    assert connection == ["find", "DicomConnection", "ISSUER", "127.0.0.1", "ORTHANC"]
    assert size >= 2


def test_worklist(server: OrthancServer) -> None:
    assert dcmtk.find(server, "PatientName", model="-W", issuer="STATION").status == SUCCESS
    told = ["worklist", "DicomConnection", "STATION", "127.0.0.1", "ORTHANC", 0]
    assert calls(server) == [told]


def test_move(server: OrthancServer) -> None:
    outcome = dcmtk.move(server, "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3")
    assert (outcome.status, outcome.count("Completed")) == (SUCCESS, 2)
    [[*connection, request]] = calls(server)
    assert connection == ["move", "DicomConnection", "MOVESCU", "127.0.0.1", "ORTHANC"]
    assert (request["Level"], request["TargetAET"]) == ("STUDY", "TARGET")
    assert not {"OriginatorAET", "SourceAET"} & request.keys()
    assert evaluate(server, "KEPT[1:]") == [["1.2.3", 0]]


def test_storage_commitment(server: OrthancServer, peer_port: int) -> None:
    with CommitmentPeer(peer_port) as peer:
        peer.request(server, (CT, "1.2.3"))
        assert peer.report().committed == {(CT, "1.2.3")}
    assert calls(server) == [["commit", "DicomConnection", AET, "127.0.0.1", "ORTHANC", ["1.2.3"]]]


def test_both_forms_cannot_be_registered(started: OrthancServer) -> None:
    for error in evaluate(started, "TWICE"):
        assert error.startswith("RuntimeError: Can only register one Python")
        assert error.count("script.py:") == 2
