# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pytest plugin for the tests of one's own scripts, used as those would use it."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import json
import os
import orthanc
from orthanc_runtime import offload, rest

@offload
def double(number):
    return 2 * number, os.getpid()

@offload
def on_double(output, uri, **request):
    orthanc.LogWarning("a request")
    answer = {"double": 2 * int(request["groups"][0]), "pid": os.getpid(), "get": request["get"]}
    output.AnswerBuffer(json.dumps(answer), "application/json")

@offload
async def on_count(output, uri, **request):
    output.SendHttpStatus(203, str(len(rest.get("/instances").json())))

def on_patients(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGet("/patients"), "application/json")

def on_missing(output, uri, **request):
    orthanc.RestApiGet("/studies/0-1")

def on_stored(dicom, instance):
    pass

orthanc.RegisterRestCallback("/double/([0-9]+)", on_double)
orthanc.RegisterRestCallback("/count", on_count)
orthanc.RegisterRestCallback("/patients-here", on_patients)
orthanc.RegisterRestCallback("/missing", on_missing)
orthanc.RegisterOnStoredInstanceCallback(on_stored)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder with a script; its tests run in a process of their own."""
    (pytester.path / "mine.py").write_text(SCRIPT)
    return pytester


def run(project: pytest.Pytester, tests: str) -> pytest.RunResult:
    (project.path / "test_mine.py").write_text(tests)
    return project.runpytest_subprocess("-p", "no:cacheprovider")


def test_a_server_with_the_script(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
import os, subprocess
import pytest

@pytest.fixture(scope="module")
def server(shared_orthanc_server):
    return shared_orthanc_server("mine.py", workers=1)

def test_route(server):
    answer = server.get("/double/21?a=b").json()
    assert answer["double"] == 42 and answer["get"] == {"a": "b"}
    assert answer["pid"] not in (os.getpid(), server.pid)
    server.wait_log("a request")

def test_files(server, dicom_files):
    files = dicom_files(instances=2, series=2, PatientID="42")
    assert len(set(server.upload(*files))) == 4
    assert server.get("/count").text == "4"
    (patient,) = server.get("/patients?expand").json()
    assert patient["MainDicomTags"]["PatientID"] == "42"
    assert server.get("/instances/" + server.get("/instances").json()[0] + "/preview").ok

def test_text_and_configuration(orthanc_server, tmp_path):
    config = tmp_path / "orthanc.json"
    config.write_text('{"Name": "here" /* a comment */}')
    server = orthanc_server("import orthanc\\n", config=config)
    assert server.get("/system").json()["Name"] == "here"

def test_two_servers(orthanc_server):
    one, two = (orthanc_server("import orthanc\\n", config={"Name": n}) for n in "12")
    assert [s.get("/system").json()["Name"] for s in (one, two)] == ["1", "2"]
""",
    )
    result.assert_outcomes(passed=4)


def test_failures_tell_the_log(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
def test_wrong(orthanc_server):
    server = orthanc_server("mine.py", workers=1)
    assert server.get("/double/21").json()["double"] == 43

def test_refused(orthanc_server):
    orthanc_server("import orthanc\\nraise ValueError('no such luck')\\n")

def test_no_file(orthanc_server):
    orthanc_server("missing.py")
""",
    )
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*Orthanc [0-9]*", "*a request*"])
    result.stdout.fnmatch_lines(["*OrthancDidNotStart*", "*no such luck*"])
    result.stdout.fnmatch_lines(["*there is no script *missing.py*"])


def test_nothing_is_left(project: pytest.Pytester, tmp_path: Path) -> None:
    (project.path / "conftest.py").write_text(
        f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}\n"
    )
    result = run(
        project,
        """
def test_pid(orthanc_server):
    server = orthanc_server("mine.py", workers=1)
    assert server.get("/double/1").ok
""",
    )
    result.assert_outcomes(passed=1)
    assert list(tmp_path.iterdir()) == []


def test_inline(project: pytest.Pytester) -> None:
    result = run(
        project,
        """
import os, sys
import pytest
from orthanc_runtime import OrthancException

def test_handlers(inline_script):
    script = inline_script("mine.py")
    answer = script.get("/double/21?a=b")
    assert answer.json() == {"double": 42, "pid": os.getpid(), "get": {"a": "b"}}
    assert answer.headers["Content-Type"] == "application/json"
    assert script.log == ["a request"]
    assert script.module.double(4) == (8, os.getpid())
    assert script.module.double.submit(4).result() == (8, os.getpid())
    (stored,) = script.registered["RegisterOnStoredInstanceCallback"]
    assert stored[0].__name__ == "on_stored"

def test_errors(inline_script):
    script = inline_script("mine.py")
    with pytest.raises(LookupError, match="no route matches /triple/1; there are /double/"):
        script.get("/triple/1")
    with pytest.raises(RuntimeError, match="needs a server"):
        script.get("/patients-here")
    orthanc = sys.modules["orthanc"]
    with pytest.raises(NotImplementedError, match="orthanc.LookupPatient needs Orthanc"):
        orthanc.LookupPatient("x")

def test_with_a_server(inline_script, orthanc_server, dicom_files):
    server = orthanc_server("import orthanc\\n")
    server.upload(*dicom_files(2))
    script = inline_script("mine.py", server)
    assert script.get("/count").text == "2" and script.get("/count").status_code == 203
    assert len(script.get("/patients-here").json()) == 1
    with pytest.raises(OrthancException) as caught:
        script.get("/missing")
    assert caught.value.args[0] == 17

def test_nothing_stays():
    assert "orthanc" not in sys.modules
    assert "mine" not in sys.modules
""",
    )
    result.assert_outcomes(passed=4)
