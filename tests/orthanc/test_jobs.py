# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""CreateJob, SubmitJob: jobs of the script in Orthanc's engine, seen by its REST API."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
import sdk_session
from jobs_script import SCRIPT
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


def evaluate(server: OrthancServer, expression: str) -> Any:
    """The value; the whole answer where the expression raises."""
    answer = sdk_session.evaluate(server, expression)
    return answer if "error" in answer else answer.get("value")


def submit(server: OrthancServer, job: str) -> str:
    identifier = evaluate(server, f"submit({job})")
    assert isinstance(identifier, str), identifier
    return identifier


def job(server: OrthancServer, identifier: str) -> dict[str, Any]:
    answer = server.get(f"/jobs/{identifier}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def wait_for(
    server: OrthancServer, identifier: str, condition: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    deadline = time.monotonic() + 20
    while not condition(found := job(server, identifier)):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def wait_state(server: OrthancServer, identifier: str, state: str) -> dict[str, Any]:
    return wait_for(server, identifier, lambda found: found["State"] == state)


def wait_told(server: OrthancServer, expected: list[str]) -> None:
    deadline = time.monotonic() + 20
    while (told := evaluate(server, "told")) != expected:
        assert time.monotonic() < deadline, told
        time.sleep(0.02)
    evaluate(server, "told.clear()")


def begin(server: OrthancServer, until: int, permitted: int) -> str:
    """A job that has made some of its steps, and waits."""
    evaluate(server, "told.clear()")
    identifier = submit(server, f"Gated({until})")
    evaluate(server, f"permit({permitted})")
    wait_for(server, identifier, lambda found: found["Content"].get("Done") == permitted)
    return identifier


def test_a_job_is_watched_until_it_succeeds(server: OrthancServer) -> None:
    identifier = begin(server, until=4, permitted=1)
    found = wait_for(server, identifier, lambda found: found["Progress"] == 25)
    assert (found["Type"], found["State"]) == ("Gated", "Running")
    assert found["Content"] == {"Done": 1, "Until": 4}
    evaluate(server, "permit(3)")
    found = wait_state(server, identifier, "Success")
    assert (found["Progress"], found["ErrorCode"]) == (100, 0)
    assert found["Content"] == {"Done": 4, "Until": 4}
    wait_told(server, ["stop SUCCESS"])


def test_a_job_is_cancelled_and_resubmitted(server: OrthancServer) -> None:
    identifier = begin(server, until=3, permitted=2)
    assert server.post(f"/jobs/{identifier}/cancel").status_code == 200
    found = wait_state(server, identifier, "Failure")
    assert found["ErrorCode"] == 37
    wait_told(server, ["stop CANCELED"])
    assert server.post(f"/jobs/{identifier}/resubmit").status_code == 200
    wait_for(server, identifier, lambda found: found["Content"] == {"Done": 0, "Until": 3})
    evaluate(server, "permit(3)")
    wait_state(server, identifier, "Success")
    wait_told(server, ["reset", "stop SUCCESS"])


def test_a_job_is_paused_and_resumed(server: OrthancServer) -> None:
    identifier = begin(server, until=3, permitted=1)
    assert server.post(f"/jobs/{identifier}/pause").status_code == 200
    wait_state(server, identifier, "Paused")
    wait_told(server, ["stop PAUSED"])
    evaluate(server, "permit(1)")
    assert job(server, identifier)["Content"]["Done"] == 1
    assert server.post(f"/jobs/{identifier}/resume").status_code == 200
    wait_for(server, identifier, lambda found: found["Content"]["Done"] == 2)
    evaluate(server, "permit(1)")
    wait_state(server, identifier, "Success")


def test_what_a_job_has_at_least(server: OrthancServer) -> None:
    found = wait_state(server, submit(server, "Smallest()"), "Success")
    assert (found["Type"], found["Content"]) == ("Smallest", {})
    text = """Once(content='{"text": "d\\xe9j\\xe0"}')"""
    assert job(server, submit(server, text))["Content"] == {"text": "déjà"}


def test_the_functions_and_their_order(server: OrthancServer) -> None:
    create = "orthanc.CreateJob('Smallest', Smallest())"
    assert wait_state(server, evaluate(server, f"orthanc.SubmitJob({create})"), "Success")
    identifier = evaluate(server, f"orthanc.SubmitJob({create}, priority=7)")
    assert job(server, identifier)["Priority"] == 7


@pytest.mark.parametrize(
    ("step", "error", "status"),
    [
        ("ZeroDivisionError('a step')", "ZeroDivisionError: a step", None),
        ("orthanc.OrthancException(17, 'gone')", "OrthancException: (17, 'gone')", 17),
        ("SystemExit()", "SystemExit: ", None),
        ("None", "TypeError: Step returns a JobStepStatus, not None", None),
        ("True", "TypeError: Step returns a JobStepStatus, not True", None),
        ("4", "TypeError: Step returns a JobStepStatus, not 4", None),
        ("JobStepStatus.FAILURE", None, None),
    ],
)
def test_a_job_fails(
    server: OrthancServer, step: str, error: str | None, status: int | None
) -> None:
    identifier = submit(server, f"Once(step={step}, content={{'a': 1}})")
    found = wait_state(server, identifier, "Failure")
    assert found["ErrorCode"] == 1
    content = found["Content"]
    assert (content["a"], content.get("Error"), content.get("OrthancStatus")) == (1, error, status)
    if error is not None:
        log = server.log[server.log_offset :]
        assert "Error in the step of a job, traceback:" in log
        assert error.partition(": ")[2] in log


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("progress=2", "GetProgress returns a number from 0 to 1, not 2.0"),
        ("progress=ValueError('no progress')", "no progress"),
        ("content=[1]", "GetContent returns an object of JSON, not list"),
        ("content={'a': 10**30}", "a number of JSON has at most 64 bits"),
        ("content={'a': float('nan')}", "not JSON compliant"),
        ("content={'a': chr(0xd800)}", "surrogates not allowed"),
        ("content={'a': object()}", "not JSON serializable"),
        ("content='{'", "JSONDecodeError"),
        ("content={'a': eval('[' * 150 + ']' * 150)}", "more than 100 levels of JSON"),
        ("content=ValueError('no content')", "no content"),
        ("serialized={'Type': 5}", "Orthanc keeps the key 'Type' for itself"),
        ("serialized=5", "GetSerialized returns an object of JSON, not int"),
        ("serialized=ValueError('not serialized')", "not serialized"),
    ],
)
def test_bad_results_are_logged_and_the_job_goes_on(
    server: OrthancServer, result: str, text: str
) -> None:
    """Orthanc itself would end for what it cannot read."""
    found = wait_state(server, submit(server, f"Once({result})"), "Success")
    assert found["Content"] == {}
    # newer Orthancs save jobs in a thread of their own, after a while
    server.wait_log(re.escape(text), start=server.log_offset)


def test_wrong_calls(server: OrthancServer) -> None:
    assert evaluate(server, "list(while_imported)")[0] == 2038
    assert evaluate(server, "submit(5)")["args"] == ["a job needs a method Step, which int has not"]
    assert evaluate(server, "orthanc.CreateJob('a\\0b', Smallest())")["error"] == "ValueError"
    assert evaluate(server, "orthanc.Job()")["error"] == "TypeError"
    for second in ("orthanc.SubmitJob", "lambda job: job.SubmitJob()"):
        found = evaluate(server, f"submitted_twice({second})")
        assert (found["code"], "belongs to Orthanc" in found["args"][1]) == (6, True)
    late = evaluate(server, "orthanc.RegisterJobsUnserializer(print)")
    assert late["error"] == "RuntimeError"
    assert "while the script is imported" in late["args"][0]
    assert evaluate(server, "orthanc.RegisterJobsUnserializer(5)")["error"] == "TypeError"


def test_jobs_are_freed(server: OrthancServer) -> None:
    """Those never submitted at once, the others when they leave Orthanc's history of ten jobs."""
    assert (
        evaluate(server, "[orthanc.CreateJob('Gated', Gated(1)) for i in range(100)][0] and 0") == 0
    )
    assert evaluate(server, "len(alive)") < 10
    evaluate(server, "permit(30)")
    identifiers = [submit(server, "Gated(1)") for _ in range(30)]
    wait_state(server, identifiers[-1], "Success")
    assert evaluate(server, "len(alive)") <= 11
    evaluate(server, "[permits.acquire(False) for _ in range(100)] and 0")


def test_jobs_go_on_after_a_restart_and_a_reset(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT)
    identifier = begin(server, until=4, permitted=2)
    other = submit(server, "Once(serialized={'a': ['b', 1.5]})")
    lost = submit(server, "Once(content={'not': 'serialized'})")
    for finished in (other, lost):
        wait_state(server, finished, "Success")
    server.stop()
    assert server.start()
    found = wait_for(server, identifier, lambda found: found["State"] == "Running")
    assert found["Content"] == {"Done": 2, "Until": 4}
    assert server.get(f"/jobs/{lost}").status_code == 404
    assert job(server, other)["Content"] == {"a": ["b", 1.5]}
    assert set(evaluate(server, "told")) == {"asked for Gated", "asked for Once"}
    assert "this unserializer cannot" in server.log
    offset = len(server.log)
    assert server.post("/tools/reset").status_code == 200
    server.wait_log("Orthanc has started", start=offset)
    evaluate(server, "permit(2)")
    found = wait_state(server, identifier, "Success")
    assert found["Content"] == {"Done": 4, "Until": 4}


SLOW = """
import time
import orthanc
from orthanc_runtime.jobs import Job

class Slow(Job):
    def __init__(self, done=0):
        self.done = done
    def Step(self):
        orthanc.LogWarning(f"step {self.done} begins")
        time.sleep(%s)
        self.done += 1
        orthanc.LogWarning(f"step {self.done} is done")
        return orthanc.JobStepStatus.CONTINUE if self.done < 2 else orthanc.JobStepStatus.SUCCESS
    def GetSerialized(self):
        return {"done": self.done}

def submit(output, uri, **request):
    output.AnswerBuffer(orthanc.CreateJob("Slow", Slow()).SubmitJob(), "text/plain")

orthanc.RegisterJobsUnserializer(lambda kind, serialized: Slow(**serialized))
orthanc.RegisterRestCallback("/submit", submit)
"""


def test_orthanc_stops_while_a_step_runs(orthanc: Launcher) -> None:
    """It waits for the step, whose result is saved."""
    server = orthanc(SLOW % 1)
    identifier = server.post("/submit").text
    server.wait_log("step 0 begins")
    server.stop()
    assert "step 1 is done" in server.log
    assert "step 1 begins" not in server.log
    assert server.start()
    wait_state(server, identifier, "Success")
    assert "step 0 begins" not in server.log
    assert "step 2 is done" in server.log


def test_a_step_that_does_not_end_is_ended_and_made_again(orthanc: Launcher) -> None:
    server = orthanc(
        SLOW % "[time.sleep(0.01) for _ in range(250)][0] or 0",
        config={"Python": {"Workers": {"ShutdownTimeout": 1}}},
    )
    identifier = server.post("/submit").text
    server.wait_log("step 0 begins")
    server.stop()
    assert "is done" not in server.log
    assert server.start()
    wait_state(server, identifier, "Success")
    assert "step 0 begins" in server.log
