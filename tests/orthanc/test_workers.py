# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Worker processes as an operator sees them: sessions, signals, titles, output."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from processes import read_process
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import ctypes, json, logging, os, subprocess, sys
import orthanc
from orthanc_runtime import offload

print("the script is imported")

def facts():
    return {
        "pid": os.getpid(),
        "omp": os.environ.get("OMP_NUM_THREADS"),
        "numpy": "numpy" in sys.modules,
        "executable": sys.executable,
        "argv": sys.argv,
        "utf8": sys.flags.utf8_mode,
    }

@offload
def answer(output, uri, **request):
    output.AnswerBuffer(json.dumps(facts()), "application/json")

@offload
def speak(output, uri, **request):
    print("printed grüß")
    print("on standard error", file=sys.stderr)
    logging.warning("from logging")
    os.write(1, b"written to the descriptor\n")
    subprocess.run(["echo", "from a child process"], check=True)
    print("two\nlines")
    sys.stdout.write("without a newline")
    sys.stdout.flush()
    output.AnswerBuffer("", "text/plain")

@offload
def flood(output, uri, **request):
    line = "x" * 99 + "\n"
    for _ in range(100_000):
        sys.stderr.write(line)
    sys.stdout.write("y" * 10_000_000)
    output.AnswerBuffer("flooded", "text/plain")

@offload
def binary(output, uri, **request):
    os.write(2, bytes(range(256)) + b"\nafter the bytes\n")
    output.AnswerBuffer("", "text/plain")

orthanc.RegisterRestCallback("/answer", answer)
orthanc.RegisterRestCallback("/speak", speak)
orthanc.RegisterRestCallback("/flood", flood)
orthanc.RegisterRestCallback("/binary", binary)
"""


@pytest.fixture(scope="module", params=["ForkServer", "Spawn"])
def server(shared_orthanc: Any, request: pytest.FixtureRequest) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": 1, "StartMethod": request.param}}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


def worker(server: OrthancServer) -> int:
    pid: int = server.get("/answer").json()["pid"]
    return pid


def test_worker_has_a_session_and_group_of_its_own(server: OrthancServer) -> None:
    pid = worker(server)
    process, orthanc = read_process(pid), read_process(server.pid)
    assert process is not None
    assert orthanc is not None
    assert process.session == pid != orthanc.session
    assert os.getpgid(pid) == pid


def test_no_process_is_in_the_session_of_orthanc(server: OrthancServer) -> None:
    """But for the resource tracker of multiprocess, which ignores signals by itself."""
    worker(server)
    orthanc = read_process(server.pid)
    assert orthanc is not None
    children = server.children()
    assert children
    for process in children:
        if "resource_tracker" not in process.name:
            assert process.session != orthanc.session, str(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_of_a_service_manager_do_not_end_a_worker(
    server: OrthancServer, number: signal.Signals
) -> None:
    before = worker(server)
    for process in server.children():
        os.kill(process.pid, number)
    assert worker(server) == before


def test_process_title(server: OrthancServer) -> None:
    process = read_process(worker(server))
    assert process is not None
    assert process.name.startswith("orthanc-runtime worker 0")
    assert "script.py" in process.name


def test_output_goes_to_the_log(server: OrthancServer) -> None:
    pid = worker(server)
    assert server.get("/speak").status_code == 200
    for line in [
        "printed grüß",
        "on standard error",
        "from logging",
        "written to the descriptor",
        "from a child process",
        "two",
        "lines",
    ]:
        server.wait_log(rf"^[WIE].*pid {pid}.*{line}", start=server.log_offset)


def test_flood_of_output_neither_hangs_nor_fills_the_log(server: OrthancServer) -> None:
    assert server.get("/flood").text == "flooded"
    server.wait_log("dropped", start=server.log_offset)
    assert len(server.log) - server.log_offset < 5_000_000
    assert server.get("/answer").status_code == 200


def test_output_that_is_no_text(server: OrthancServer) -> None:
    assert server.get("/binary").status_code == 200
    server.wait_log("after the bytes|dropped", start=server.log_offset)


def test_numeric_libraries_get_one_thread(server: OrthancServer) -> None:
    assert server.get("/answer").json()["omp"] == "1"


def test_interpreter(server: OrthancServer) -> None:
    facts = server.get("/answer").json()
    assert facts["executable"].endswith(("python", "python3", "python3.11")) or (
        "python" in facts["executable"]
    )
    assert facts["utf8"] == 1


def test_count_as_a_number_is_the_number_of_workers(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 3}})
    server.wait_log(r"worker 0 \(pid \d+\): the script is imported")
    server.wait_log(r"worker 1 \(pid \d+\): the script is imported")
    server.wait_log(r"worker 2 \(pid \d+\): the script is imported")
    titles = [process.name for process in server.children()]
    assert sum("orthanc-runtime worker" in title for title in titles) == 3


def test_preload(orthanc: Any) -> None:
    workers = {"Count": 1, "Preload": ["numpy", "no_such_module"], "Threads": 2}
    server = orthanc(SCRIPT, config={"Python": {"Workers": workers}})
    facts = server.get("/answer").json()
    assert facts["numpy"] is True
    assert facts["omp"] == "2"
    server.wait_log("no_such_module")


def test_replaced_worker_has_the_same_name(orthanc: Any) -> None:
    server = orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    before = worker(server)
    os.kill(before, signal.SIGKILL)
    after = worker(server)
    assert after != before
    process = read_process(after)
    assert process is not None
    assert process.name.startswith("orthanc-runtime worker 0")
    server.wait_log(f"pid {before}.*SIGKILL")
