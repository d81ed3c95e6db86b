# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of ours in Orthanc's log: their codes, and the same lines as JSON."""

from __future__ import annotations

import json
import os
import re
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

DEADLINE = 10.0
JSON_LINE = re.compile(r"^[^{]*(\{.*\})$", re.MULTILINE)
KEYS = ["time", "level", "code", "task", "request", "worker", "handler", "message"]

SCRIPT = r"""
import os, sys
import orthanc
from orthanc_runtime import in_worker, offload

@offload
def pid(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
def speaks(output, uri, **request):
    orthanc.LogWarning("worker says \u00e9 \"quoted\"")
    print("printed\x00 in the worker")
    sys.stdout.flush()
    output.AnswerBuffer("done", "text/plain")

@offload
def raises(output, uri, **request):
    raise ValueError("first line\nsecond line")

@offload
def dies(output, uri, **request):
    os._exit(3)

def master(output, uri, **request):
    orthanc.LogWarning("master says \u00e9\nin two lines")
    output.AnswerBuffer("done", "text/plain")

def silent(output, uri, **request):
    pass

for function in (pid, speaks, raises, dies, master, silent):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


def objects(server: OrthancServer) -> list[dict[str, Any]]:
    """The JSON lines that the server has written until now."""
    return [json.loads(match.group(1)) for match in JSON_LINE.finditer(server.log)]


def only(server: OrthancServer, code: str | None, words: str = "") -> dict[str, Any]:
    """The one line with this code and these words; waits for it."""
    server.wait_log(re.escape(json.dumps(code)) + ".*" + re.escape(words), DEADLINE)
    (line,) = [
        line for line in objects(server) if line["code"] == code and words in line["message"]
    ]
    return line


@pytest.fixture
def as_json(orthanc: Launcher) -> OrthancServer:
    return orthanc(SCRIPT, config={"Python": {"LogFormat": "json", "Workers": 1}})


def test_lines_begin_with_their_code(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    assert server.get("/raises").status_code == 500
    assert server.get("/dies").status_code == 502
    assert server.get("/silent").status_code == 500
    server.wait_log(r"\] ORT-2102 worker 0 \(pid \d+\) exited with code 3", DEADLINE)
    server.wait_log(r"\] ORT-2003 worker 0 ", DEADLINE)
    for code in (1101, 1102, 1103, 1107, 3001, 3005, 4003):
        server.wait_log(rf"\] ORT-{code} ", DEADLINE)


def test_lines_of_the_script_have_none(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    assert server.get("/master").status_code == 200
    assert server.get("/speaks").status_code == 200
    server.wait_log(r"\] master says", DEADLINE)
    server.wait_log(r"\] worker 0 \(pid \d+\): printed", DEADLINE)


def test_a_failed_task_as_json(as_json: OrthancServer) -> None:
    pid = int(as_json.get("/pid").text)
    answer = as_json.get("/raises", headers={"X-Request-Id": "abc"})
    assert answer.status_code == 500
    line = only(as_json, "ORT-3001")
    assert list(line) == KEYS
    assert line["level"] == "ERROR"
    assert isinstance(line["task"], int)
    assert f"task {line['task']}, request abc" in line["message"]
    assert line["request"] == "abc"
    assert line["worker"] == pid
    assert line["handler"].startswith("rest:")
    assert "ValueError: first line\nsecond line" in line["message"]
    age = datetime.now(UTC) - datetime.fromisoformat(line["time"])
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_lines_of_the_script_as_json(as_json: OrthancServer) -> None:
    pid = int(as_json.get("/pid").text)
    assert as_json.get("/speaks").status_code == 200
    assert as_json.get("/master").status_code == 200
    said = only(as_json, None, "worker says")
    assert 'worker says \u00e9 "quoted"' in said["message"]
    assert said["level"] == "WARNING"
    assert said["worker"] == pid
    assert isinstance(said["task"], int)
    printed = only(as_json, None, "printed")
    assert printed["message"].endswith("printed\0 in the worker")
    assert printed["worker"] == pid
    here = only(as_json, None, "master says")
    assert here["message"] == "master says \u00e9\nin two lines"
    assert here["worker"] is here["task"] is here["handler"] is None


def test_the_end_of_a_worker_as_json(as_json: OrthancServer) -> None:
    pid = int(as_json.get("/pid").text)
    os.kill(pid, signal.SIGKILL)
    line = only(as_json, "ORT-2101")
    assert (line["worker"], line["level"], line["task"]) == (pid, "WARNING", None)
    assert only(as_json, "ORT-2003")["worker"] == int(as_json.get("/pid").text)


def test_all_lines_of_a_start_are_json(as_json: OrthancServer) -> None:
    """Those from the first one that knows the settings."""
    text = as_json.log
    ours = [line for line in text.splitlines() if "ORT-" in line]
    assert len(ours) == len([line for line in objects(as_json) if line["code"]])
    assert {"ORT-1101", "ORT-1102", "ORT-1103", "ORT-1107"} <= {
        line["code"] for line in objects(as_json)
    }


def test_an_unknown_format_stops_the_start(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config={"Python": {"LogFormat": "XML", "Workers": 1}}, starts=False)
    assert "ORT-1002" in server.log
    assert re.search(r"Python\.LogFormat.*'XML'.*Text.*Json", server.log)
