# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterFindCallback: the script answers C-FIND."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import dcmtk
import dicom_callbacks
import pytest
from dicom_callbacks import calls, evaluate, set_actions
from dicom_files import dicom_bytes
from launcher import Launcher
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = (
    dicom_callbacks.SCRIPT
    + r"""
def tags(query):
    return [[query.GetFindQueryTagGroup(i), query.GetFindQueryTagElement(i),
             query.GetFindQueryTagName(i), query.GetFindQueryValue(i)]
            for i in range(query.GetFindQuerySize())]

def add(answers, **values):
    answers.FindAddAnswer(
        orthanc.CreateDicom(json.dumps(values), None, orthanc.CreateDicomFlags.NONE))

def echo(answers, query):
    add(answers, **{name: value or "empty" for _, _, name, value in tags(query)})

def find(answers, query, issuer, called):
    types = [type(argument).__name__ for argument in (answers, query)]
    call("find", types, issuer, called, tags(query), answers=answers, query=query)

orthanc.RegisterFindCallback(find)
TWICE = [error_of(orthanc.RegisterFindCallback, find), error_of(orthanc.RegisterFindCallback, 5)]
"""
)
SUCCESS, CANCEL, UNABLE_TO_PROCESS = 0x0000, 0xFE00, 0xC000
STUDY = "QueryRetrieveLevel=STUDY"


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config=dicom_callbacks.CONFIG)


def test_the_query(server: OrthancServer) -> None:
    set_actions(server)
    outcome = dcmtk.find(server, STUDY, "PatientName=DOE*", "StudyDate", issuer="ISSUER")
    assert (outcome.status, outcome.answers) == (SUCCESS, ())
    [[_, types, issuer, called, tags]] = calls(server)
    assert types == ["FindAnswers", "FindQuery"]
    assert (issuer, called) == ("ISSUER", "ORTHANC")
    assert [0x0010, 0x0010, "PatientName", "DOE*"] in tags
    assert [0x0008, 0x0052, "QueryRetrieveLevel", "STUDY"] in tags
    assert [0x0008, 0x0020, "StudyDate", ""] in tags


def test_the_answers(server: OrthancServer) -> None:
    set_actions(
        server, find="[add(answers, PatientName=f'N{i}', PatientID=str(i)) for i in range(3)]"
    )
    outcome = dcmtk.find(server, STUDY, "PatientName", "PatientID")
    assert outcome.status == SUCCESS
    found = [(str(answer.PatientName), answer.PatientID) for answer in outcome.answers]
    assert found == [("N0", "0"), ("N1", "1"), ("N2", "2")]


def test_an_answer_that_is_incomplete(server: OrthancServer) -> None:
    set_actions(server, find="[add(answers, PatientID='1'), answers.FindMarkIncomplete()]")
    outcome = dcmtk.find(server, STUDY, "PatientID")
    assert outcome.status == CANCEL
    assert [answer.PatientID for answer in outcome.answers] == ["1"]


@pytest.mark.parametrize("error", ["ValueError('nothing found')", "SystemExit"])
def test_a_callback_that_raises(server: OrthancServer, error: str) -> None:
    set_actions(server, find=f"fail({error})")
    start = len(server.log)
    outcome = dcmtk.find(server, STUDY, "PatientID")
    assert (outcome.status, outcome.answers) == (UNABLE_TO_PROCESS, ())
    server.wait_log(error.partition("(")[0], start=start)
    set_actions(server, find="echo(answers, query)")
    assert len(dcmtk.find(server, STUDY, "PatientID").answers) == 1


def test_calls_of_the_rest_api(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    set_actions(
        server,
        find="add(answers, PatientID="
        f"json.loads(orthanc.RestApiGet('/instances/{identifier}/simplified-tags'))['PatientID'])",
    )
    assert [a.PatientID for a in dcmtk.find(server, STUDY, "PatientID").answers] == ["1CT1"]


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    "call",
    [
        "answers.FindAddAnswer, b'junk'",
        "query.GetFindQueryTagName, 99",
        "query.GetFindQueryTagGroup, 99",
        "query.GetFindQueryTagElement, 99",
        "query.GetFindQueryValue, 99",
    ],
)
def test_what_orthanc_refuses(server: OrthancServer, call: str) -> None:
    set_actions(server, find=f"KEPT.append(error_of({call}))")
    assert dcmtk.find(server, STUDY).status == SUCCESS
    [error] = evaluate(server, "KEPT")
    assert error.startswith("OrthancException: (")


@pytest.mark.runtime_only
def test_objects_kept_after_the_callback(server: OrthancServer) -> None:
    set_actions(server, find="KEPT.extend([answers, query])")
    assert dcmtk.find(server, STUDY).status == SUCCESS
    for expression in (
        "error_of(add, KEPT[0])",
        "error_of(KEPT[0].FindMarkIncomplete)",
        "error_of(KEPT[1].GetFindQuerySize)",
        "error_of(KEPT[1].GetFindQueryTagGroup, 0)",
        "error_of(KEPT[1].GetFindQueryValue, 0)",
    ):
        assert "kept after the end of its callback" in evaluate(server, expression)


def test_several_peers(server: OrthancServer) -> None:
    set_actions(server, find="echo(answers, query)")

    def answer(number: int) -> tuple[str, str]:
        [found] = dcmtk.find(server, STUDY, f"PatientID={number}").answers
        return str(number), found.PatientID

    with ThreadPoolExecutor(4) as executor:
        assert all(asked == found for asked, found in executor.map(answer, range(8)))
    assert len(calls(server)) == 8


def test_a_matcher(server: OrthancServer) -> None:
    server.upload(dicom_bytes())
    file = "orthanc.GetDicomForInstance(json.loads(orthanc.RestApiGet('/instances'))[0])"
    query = "orthanc.CreateDicom(json.dumps({}), None, orthanc.CreateDicomFlags.NONE)"
    matches = "orthanc.CreateFindMatcher({}).FindMatcherIsMatch({})"
    for keys, found in (
        ({"PatientID": "1CT1"}, 1),
        ({"PatientName": "Compressed*", "PatientID": ""}, 1),
        ({"PatientID": "other"}, 0),
    ):
        assert evaluate(server, matches.format(query.format(keys), file)) == found


@pytest.mark.runtime_only
def test_a_matcher_by_its_new_name(server: OrthancServer) -> None:
    query = 'orthanc.CreateDicom(\'{"PatientID": "a*"}\', None, 0)'
    file = 'orthanc.CreateDicom(\'{"PatientID": "%s"}\', None, 0)'
    matches = f"orthanc.CreateFindMatcher({query}).IsMatch"
    assert evaluate(server, f"{matches}({file % 'abc'})") == 1
    assert evaluate(server, f"{matches}({file % 'cba'})") == 0
    assert "OrthancException" in evaluate(server, "error_of(orthanc.CreateFindMatcher, b'junk')")


@pytest.mark.runtime_only
def test_registrations_that_are_refused(server: OrthancServer) -> None:
    twice, type_error = evaluate(server, "TWICE")
    assert twice.startswith("RuntimeError: Can only register one Python C-FIND callback")
    assert twice.count("script.py:") == 2
    assert type_error == "TypeError: RegisterFindCallback needs a callable, not int"
    late = evaluate(server, "error_of(orthanc.RegisterFindCallback, find)")
    assert late.startswith("RuntimeError: RegisterFindCallback works only while")
