# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterWorklistCallback: the script answers C-FIND for modality worklists."""

from __future__ import annotations

import dcmtk
import dicom_callbacks
import pytest
from dicom_callbacks import calls, evaluate, set_actions
from launcher import Launcher
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    dicom_callbacks.SCRIPT
    + r"""
def worklist(name, modality):
    step = {"Modality": modality, "ScheduledStationAETitle": "STATION"}
    return orthanc.CreateDicom(json.dumps({
        "PatientName": name, "PatientID": name.lower(), "AccessionNumber": "7",
        "ScheduledProcedureStepSequence": [step]}), None, orthanc.CreateDicomFlags.NONE)

WORKLISTS = []

def make_worklists():
    if not WORKLISTS:
        WORKLISTS.extend([worklist("ADA", "CT"), worklist("BOB", "MR"), worklist("EVE", "CT")])
    return WORKLISTS

def matching(answers, query):
    for dicom in make_worklists():
        if query.WorklistIsMatch(dicom):
            answers.WorklistAddAnswer(query, dicom)

def read(query):
    dicom = query.WorklistGetDicomQuery()
    return json.loads(orthanc.DicomBufferToJson(
        dicom, orthanc.DicomToJsonFormat.HUMAN, orthanc.DicomToJsonFlags.NONE, 0))

def on_worklist(answers, query, issuer, called):
    types = [type(argument).__name__ for argument in (answers, query)]
    call("worklist", types, issuer, called, read(query), answers=answers, query=query)

orthanc.RegisterWorklistCallback(on_worklist)
TWICE = error_of(orthanc.RegisterWorklistCallback, print)
"""
)
SUCCESS, CANCEL, UNABLE_TO_PROCESS = 0x0000, 0xFE00, 0xC000
STEP = "ScheduledProcedureStepSequence[0].Modality"


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config=dicom_callbacks.CONFIG)


def find(server: OrthancServer, *keys: str) -> dcmtk.Outcome:
    return dcmtk.find(server, *keys, model="-W", issuer="STATION")


def test_the_query(server: OrthancServer) -> None:
    set_actions(server)
    outcome = find(server, "PatientName=DOE*", f"{STEP}=CT")
    assert (outcome.status, outcome.answers) == (SUCCESS, ())
    [[_, types, issuer, called, query]] = calls(server)
    assert types == ["WorklistAnswers", "WorklistQuery"]
    assert (issuer, called) == ("STATION", "ORTHANC")
    assert query["PatientName"] == "DOE*"
    assert query["ScheduledProcedureStepSequence"][0]["Modality"] == "CT"


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        (("PatientName", f"{STEP}=CT"), ["ADA", "EVE"]),
        (("PatientName=B*", STEP), ["BOB"]),
        (("PatientName=NOBODY", STEP), []),
    ],
)
def test_matching_worklists(server: OrthancServer, keys: tuple[str, ...], names: list[str]) -> None:
    set_actions(server, worklist="matching(answers, query)")
    outcome = find(server, *keys)
    assert outcome.status == SUCCESS
    assert [str(answer.PatientName) for answer in outcome.answers] == names
    # what was not asked for is left out by Orthanc
    assert not any("PatientID" in answer for answer in outcome.answers)


def test_an_answer_that_is_incomplete(server: OrthancServer) -> None:
    set_actions(server, worklist="[matching(answers, query), answers.WorklistMarkIncomplete()]")
    outcome = find(server, "PatientName=ADA")
    assert outcome.status == CANCEL
    assert len(outcome.answers) == 1


def test_a_callback_that_raises(server: OrthancServer) -> None:
    set_actions(server, worklist="fail(ValueError('no worklist today'))")
    start = len(server.log)
    assert find(server, "PatientName").status == UNABLE_TO_PROCESS
    server.wait_log("no worklist today", start=start)


@pytest.mark.runtime_only
def test_what_is_no_dicom_file(server: OrthancServer) -> None:
    set_actions(
        server,
        worklist="KEPT.extend([error_of(answers.WorklistAddAnswer, query, b'junk'),"
        " query.WorklistIsMatch(b'junk')])",
    )
    assert find(server, "PatientName").status == SUCCESS
    error, matches = evaluate(server, "KEPT")
    assert error.startswith("OrthancException: (")
    assert matches == 0


@pytest.mark.runtime_only
def test_objects_kept_after_the_callback(server: OrthancServer) -> None:
    set_actions(server, worklist="KEPT.extend([answers, query])")
    assert find(server, "PatientName").status == SUCCESS
    for expression in (
        "error_of(KEPT[0].WorklistMarkIncomplete)",
        "error_of(KEPT[0].WorklistAddAnswer, KEPT[1], make_worklists()[0])",
        "error_of(KEPT[1].WorklistGetDicomQuery)",
        "error_of(KEPT[1].WorklistIsMatch, b'')",
    ):
        assert "kept after the end of its callback" in evaluate(server, expression)


@pytest.mark.runtime_only
def test_registrations_that_are_refused(server: OrthancServer) -> None:
    twice = evaluate(server, "TWICE")
    assert twice.startswith("RuntimeError: Can only register one Python worklist callback")
    assert twice.count("script.py:") == 2
    late = evaluate(server, "error_of(orthanc.RegisterWorklistCallback, print)")
    assert late.startswith("RuntimeError: RegisterWorklistCallback works only while")
