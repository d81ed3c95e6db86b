# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are wrong: Orthanc does not start, its log names key, value and what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

OFFLOADED = """
import os
import orthanc
from orthanc_runtime import offload

@offload
def answer(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

orthanc.RegisterRestCallback("/offloaded", answer)
"""


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ({"Workers": {"Count": -1}}, ["Count", "-1"]),
        ({"Workers": {"Count": 1.5}}, ["Count", "1.5"]),
        ({"Workers": {"Count": "two"}}, ["Count", "two"]),
        ({"Workers": {"Count": True}}, ["Count"]),
        ({"Workers": {"Cuont": 2}}, ["Cuont", "Count"]),
        ({"Workers": {"SomethingElse": 2}}, ["SomethingElse"]),
        ({"Workers": "many"}, ["Workers", "many"]),
        ({"Workers": [2]}, ["Workers"]),
        ({"Workers": {"Timeout": "soon"}}, ["Timeout", "soon"]),
        ({"Workers": {"Timeout": -5}}, ["Timeout", "-5"]),
        ({"Workers": {"QueueTimeout": [5]}}, ["QueueTimeout"]),
        ({"Workers": {"StartMethod": "Fork"}}, ["StartMethod", "Fork", "ForkServer", "Spawn"]),
        ({"Workers": {"Threads": -1}}, ["Threads", "-1"]),
        ({"Workers": {"MaximumQueued": -1}}, ["MaximumQueued", "-1"]),
        ({"Workres": 2}, ["Workres", "Workers"]),
        ({"VirtualEnv": 5}, ["VirtualEnv", "5"]),
        ({"Verbose": "perhaps"}, ["Verbose", "perhaps"]),
    ],
    ids=str,
)
def test_wrong_setting(orthanc: Any, python: dict[str, Any], words: list[str]) -> None:
    server = orthanc(OFFLOADED, config={"Python": python}, starts=False)
    errors = server.log[server.wait_log("^E").start() :]
    for word in words:
        assert word in errors, server.log


def test_python_section_that_is_no_object(orthanc: Any) -> None:
    assert "Python" in orthanc(OFFLOADED, config={"Python": 5}, starts=False).log


def test_count_that_cannot_be_used(orthanc: Any) -> None:
    """Each offloaded request holds one HTTP thread and may need another."""
    config = {"HttpThreadsCount": 4, "Python": {"Workers": 40}}
    server = orthanc(OFFLOADED, config=config, starts=False)
    for word in ["Count", "40", "HttpThreadsCount", "4"]:
        assert word in server.log


def test_unknown_key_of_the_script_only_warns(orthanc: Any) -> None:
    server = orthanc(OFFLOADED, config={"Python": {"MyOwnOption": 5, "Workers": 1}})
    server.wait_log(r"^W.*MyOwnOption")
    assert server.get("/offloaded").status_code == 200


def test_values_in_any_case_and_numbers_as_strings(orthanc: Any) -> None:
    workers = {"Count": "1", "StartMethod": "forkSERVER", "Timeout": "30"}
    server = orthanc(OFFLOADED, config={"Python": {"Workers": workers}})
    assert len({server.get("/offloaded").text for _ in range(5)}) == 1


def test_keys_of_the_reference_are_accepted(orthanc: Any) -> None:
    python = {"AllowThreads": True, "Verbose": False, "DisplayMemoryUsage": False, "Workers": 1}
    server = orthanc(OFFLOADED, config={"Python": python, "PythonVerbose": False})
    server.wait_log("AllowThreads")
    assert server.get("/offloaded").status_code == 200


def test_start_up_lines(orthanc: Any) -> None:
    server = orthanc(OFFLOADED, config={"Python": {"Workers": 1}})
    for pattern in [
        r"^W.*1\.10\.1|^W.*SDK",
        r"^W.*script\.py",
        r"^W.*Python \d\.\d+\.\d+",
        r"(?i)^W.*\b1 worker\b.*forkserver|^W.*forkserver.*\b1 worker\b",
    ]:
        server.wait_log(pattern)


def test_start_up_line_without_an_offloaded_handler(orthanc: Any) -> None:
    server = orthanc("import orthanc\n")
    server.wait_log(r"(?i)^W.*no offloaded handler")
    assert server.children() == []


def test_default_count_that_few_http_threads_lower_is_said(orthanc: Any) -> None:
    server = orthanc(OFFLOADED, config={"HttpThreadsCount": 3})
    server.wait_log(r"^W.*HttpThreadsCount")
    assert server.get("/offloaded").status_code == 200


def test_script_that_fails_only_in_a_worker_stops_the_start(orthanc: Any) -> None:
    script = OFFLOADED + (
        "from orthanc_runtime import in_worker\n"
        "if in_worker:\n    raise LookupError('only in a worker')\n"
    )
    server = orthanc(script, config={"Python": {"Workers": 1}}, starts=False)
    assert "LookupError: only in a worker" in server.log
    assert "script.py" in server.log
