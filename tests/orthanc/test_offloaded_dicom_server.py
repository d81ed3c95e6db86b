# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded callbacks that answer DICOM peers: C-FIND, worklists, C-MOVE."""

from __future__ import annotations

import json

import dcmtk
import dicom_callbacks
import pytest
from commitment_peer import AET, CommitmentPeer
from launcher import Launcher
from server import OrthancServer

from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import json
import orthanc
from orthanc_runtime import in_worker, offload

def make(**tags):
    return orthanc.CreateDicom(json.dumps(tags), None, orthanc.CreateDicomFlags.NONE)

@offload
def find(answers, query, issuer, called):
    tags = [[query.GetFindQueryTagGroup(i), query.GetFindQueryTagElement(i),
             query.GetFindQueryTagName(i), query.GetFindQueryValue(i)]
            for i in range(query.GetFindQuerySize())]
    orthanc.LogWarning("TOLD-FIND " + json.dumps([in_worker, issuer, called, tags]))
    wanted = {name: value for _, _, name, value in tags}
    if wanted["PatientName"] == "NOBODY":
        raise orthanc.OrthancException(orthanc.ErrorCode.DATABASE, "raised by find")
    for number in range(3):
        answers.FindAddAnswer(make(PatientName=wanted["PatientName"], StudyID=str(number)))
    if wanted["PatientName"] == "MANY":
        answers.FindMarkIncomplete()

@offload
def worklist(answers, query, issuer, called):
    asked = json.loads(orthanc.DicomBufferToJson(
        query.WorklistGetDicomQuery(), orthanc.DicomToJsonFormat.HUMAN,
        orthanc.DicomToJsonFlags.NONE, 0))
    told = [in_worker, issuer, called, asked["PatientID"]]
    orthanc.LogWarning("TOLD-WORKLIST " + json.dumps(told))
    for patient in ("ada", "bob"):
        dicom = make(PatientID=patient, AccessionNumber="7",
                     ScheduledProcedureStepSequence=[{"Modality": "CT"}])
        if query.WorklistIsMatch(dicom):
            answers.WorklistAddAnswer(query, dicom)

@offload
def move(**request):
    orthanc.LogWarning("TOLD-MOVE " + json.dumps([in_worker, request]))
    if request["PatientID"] == "refused":
        raise orthanc.OrthancException(orthanc.ErrorCode.UNKNOWN_RESOURCE, "raised by move")

orthanc.RegisterFindCallback(find)
orthanc.RegisterWorklistCallback(worklist)
orthanc.RegisterMoveCallback(move)
"""
SUCCESS, CANCEL = 0x0000, 0xFE00
STUDY = "QueryRetrieveLevel=STUDY"


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    config = {
        **dicom_callbacks.CONFIG,
        "DicomModalities": {"target": ["TARGET", "127.0.0.1", 1]},
        "Python": {"Workers": {"Count": 1}},
    }
    return shared_orthanc(SCRIPT, config=config)


def test_find(server: OrthancServer) -> None:
    outcome = dcmtk.find(server, STUDY, "PatientName=ADA", "StudyID", issuer="ISSUER")
    assert outcome.status == SUCCESS
    assert [str(answer.PatientName) for answer in outcome.answers] == ["ADA"] * 3
    assert [answer.StudyID for answer in outcome.answers] == ["0", "1", "2"]
    told = server.wait_log("TOLD-FIND (.*)", start=server.log_offset)[1]
    in_worker, issuer, called, tags = json.loads(told)
    assert (in_worker, issuer, called) == (True, "ISSUER", "ORTHANC")
    assert [0x0010, 0x0010, "PatientName", "ADA"] in tags


def test_find_marked_incomplete_or_failed(server: OrthancServer) -> None:
    assert dcmtk.find(server, STUDY, "PatientName=MANY").status == CANCEL
    assert dcmtk.find(server, STUDY, "PatientName=NOBODY").status not in (SUCCESS, CANCEL)
    server.wait_log("raised by find", start=server.log_offset)


def test_worklist(server: OrthancServer) -> None:
    outcome = dcmtk.find(server, "PatientID=b*", "AccessionNumber", model="-W")
    assert outcome.status == SUCCESS
    assert [answer.PatientID for answer in outcome.answers] == ["bob"]
    told = server.wait_log("TOLD-WORKLIST (.*)", start=server.log_offset)[1]
    assert json.loads(told) == [True, "FINDSCU", "ORTHANC", "b*"]


def test_move(server: OrthancServer) -> None:
    outcome = dcmtk.move(server, "QueryRetrieveLevel=PATIENT", "PatientID=ada")
    assert (outcome.status, outcome.count("Completed")) == (SUCCESS, 1)
    told = server.wait_log("TOLD-MOVE (.*)", start=server.log_offset)[1]
    in_worker, request = json.loads(told)
    assert in_worker
    assert (request["PatientID"], request["TargetAET"]) == ("ada", "TARGET")
    outcome = dcmtk.move(server, "QueryRetrieveLevel=PATIENT", "PatientID=refused")
    assert outcome.count("Failed") == 1


def test_a_driver_can_be_created_in_a_worker(orthanc: Launcher) -> None:
    script = """
        import orthanc
        from orthanc_runtime import in_worker, offload

        @offload
        def create(**request):
            return {"left": [1, 2], "in_worker": in_worker}

        @offload
        def send(number):
            orthanc.LogWarning(f"SENT {number} in_worker={in_worker}")

        def apply(driver):
            send(driver["left"].pop(0))
            return orthanc.ErrorCode.SUCCESS

        def free(driver):
            orthanc.LogWarning(f"FREE {driver}")

        orthanc.RegisterMoveCallback2(create, lambda driver: len(driver["left"]), apply, free)
    """
    config = {
        **dicom_callbacks.CONFIG,
        "DicomModalities": {"target": ["TARGET", "127.0.0.1", 1]},
        "Python": {"Workers": {"Count": 1}},
    }
    server = orthanc(script, config=config)
    outcome = dcmtk.move(server, "QueryRetrieveLevel=PATIENT", "PatientID=ada")
    assert (outcome.status, outcome.count("Completed")) == (SUCCESS, 2)
    server.wait_log("SENT 1 in_worker=True")
    server.wait_log("SENT 2 in_worker=True")
    server.wait_log(r"FREE {'left': \[\], 'in_worker': True}")


@pytest.mark.parametrize(
    ("registration", "reason"),
    [
        (
            "RegisterMoveCallback2(print, print, offloaded, print)",
            "only what creates the driver can be offloaded",
        ),
        (
            "RegisterMoveCallback2(print, offloaded, print, print)",
            "only what creates the driver can be offloaded",
        ),
        ("RegisterJobsUnserializer(offloaded)", "what makes a job cannot be offloaded"),
        (
            "RegisterChunkedRestCallback('/x', None, offloaded, None, None)",
            "what reads an upload cannot be offloaded",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(orthanc: Launcher, registration: str, reason: str) -> None:
    script = f"""
        import orthanc
        from orthanc_runtime import offload
        offloaded = offload(print)
        orthanc.{registration}
    """
    server = orthanc(script, starts=False)
    assert f"TypeError: {registration.partition('(')[0]}: {reason}" in server.log


def test_storage_commitment(orthanc: Launcher) -> None:
    """What the first callback returns travels to each call of the second one."""
    script = """
        import orthanc
        from orthanc_runtime import in_worker, offload

        @offload
        def request(job, transaction, classes, instances, remote, called):
            return {"known": instances[:1], "in_worker": in_worker}

        @offload
        def look_up(sop_class, sop_instance, data):
            assert in_worker and data["in_worker"]
            known = sop_instance in data["known"]
            reasons = orthanc.StorageCommitmentFailureReason
            return reasons.SUCCESS if known else reasons.NO_SUCH_OBJECT_INSTANCE

        orthanc.RegisterStorageCommitmentScpCallback(request, look_up)
    """
    port = unused_port()
    peer = {"AET": AET, "Host": "127.0.0.1", "Port": port, "AllowStorageCommitment": True}
    config = {
        **dicom_callbacks.CONFIG,
        "DicomModalities": {"peer": peer},
        "Python": {"Workers": {"Count": 1}},
    }
    server = orthanc(script, config=config)
    with CommitmentPeer(port) as peer_running:
        peer_running.request(server, ("1.2.3", "1.2.3.1"), ("1.2.3", "1.2.3.2"))
        report = peer_running.report()
    assert report.committed == {("1.2.3", "1.2.3.1")}
    assert report.failed == {("1.2.3", "1.2.3.2"): 0x0112}
