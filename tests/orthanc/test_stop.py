# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc stops: requests in flight are answered, the exit code is 0, nothing is left."""

from __future__ import annotations

import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from dicom_files import dicom_bytes
from plugin_choice import reference_chosen
from server import OrthancServer

pytestmark = pytest.mark.orthanc

HANDLERS = {
    "def": """
        import orthanc

        def answer(output, uri, **request):
            output.AnswerBuffer(orthanc.RestApiGet("/system"), "application/json")

        def changed(change, level, resource):
            orthanc.RestApiGet("/statistics")

        orthanc.RegisterRestCallback("/answer", answer)
        orthanc.RegisterOnChangeCallback(changed)
    """,
    "lambda": """
        import orthanc

        orthanc.RegisterRestCallback("/answer", lambda o, u, **r: o.AnswerBuffer("", "text/plain"))
        orthanc.RegisterOnChangeCallback(lambda change, level, resource: None)
        orthanc.RegisterOnStoredInstanceCallback(lambda dicom, instance: None)
    """,
    "closure": """
        import orthanc

        def make(text):
            class Big:
                def __del__(self):
                    self.freed = True
            kept = Big()
            def answer(output, uri, **request):
                output.AnswerBuffer(text + str(kept)[:0], "text/plain")
            def changed(change, level, resource):
                str(kept)
            orthanc.RegisterRestCallback("/answer", answer)
            orthanc.RegisterOnChangeCallback(changed)
        make("closed over")
    """,
    "offloaded": """
        import orthanc
        from orthanc_runtime import offload

        orthanc.RegisterRestCallback(
            "/answer", offload(lambda o, u, **r: o.AnswerBuffer("", "text/plain")))
        orthanc.RegisterOnChangeCallback(lambda change, level, resource: None)
    """,
}


def start_and_stop(orthanc: Any, kind: str, number: int) -> int:
    workers = {"Python": {"Workers": 1}} if kind == "offloaded" else {}
    server = orthanc(HANDLERS[kind], config=workers)
    assert server.get("/answer").status_code == 200
    if number % 2:
        server.upload(dicom_bytes())
    server.signal(signal.SIGINT if number % 3 == 0 else signal.SIGTERM)
    code: int = server.wait_exit(40)
    return code


def test_exit_code_is_zero_each_time(orthanc: Any) -> None:
    """Starts and stops of each kind, many at once: most of a stop is waiting."""
    kinds = [kind for kind in HANDLERS if kind != "offloaded" or not reference_chosen()]
    runs = [(kind, number) for number in range(7) for kind in kinds]
    with ThreadPoolExecutor(10) as executor:
        codes = list(executor.map(lambda run: start_and_stop(orthanc, *run), runs))
    assert dict(zip(runs, codes, strict=True)) == dict.fromkeys(runs, 0)


SLOW = """
import time
import orthanc
{imports}

{decorator}
def slow(output, uri, **request):
    orthanc.LogWarning("the slow handler begins")
    time.sleep(3)
    output.AnswerBuffer("finished", "text/plain")

{decorator}
def ping(output, uri, **request):
    output.AnswerBuffer("pong", "text/plain")

orthanc.RegisterRestCallback("/slow", slow)
orthanc.RegisterRestCallback("/ping", ping)
"""
IN_MASTER = SLOW.format(imports="", decorator="")
IN_WORKER = SLOW.format(imports="from orthanc_runtime import offload", decorator="@offload")


@pytest.mark.runtime_only
@pytest.mark.parametrize("script", [IN_MASTER, IN_WORKER], ids=["master", "worker"])
def test_request_in_flight_is_answered(orthanc: Any, script: str) -> None:
    server = orthanc(script)
    answer = server.in_background("/slow")
    server.wait_log("the slow handler begins")
    assert server.stop() == 0
    assert (answer.result(60).status_code, answer.result(60).text) == (200, "finished")


@pytest.mark.runtime_only
def test_twenty_calls_in_flight(orthanc: Any) -> None:
    """Two at a time run, the others wait for a worker: all have their answer before the stop."""
    script = IN_WORKER.replace("time.sleep(3)", "time.sleep(0.2)")
    server = orthanc(script, config={"Python": {"Workers": 2}})
    answers = [server.in_background("/slow") for _ in range(20)]
    for _ in range(2):
        server.wait_log("the slow handler begins", start=server.log_offset)
    wait_admitted(server, 20)
    assert server.stop() == 0
    statuses = Counter(answer.result(60).status_code for answer in answers)
    assert statuses == {200: 20}


def wait_admitted(server: OrthancServer, count: int) -> None:
    """Until so many have begun, have ended, or wait; the status offers no event for that."""
    deadline = time.monotonic() + 20
    while True:
        pool = server.get("/python-runtime/status").json()["Pools"][0]
        if pool["Queue"]["Admitted"] + pool["Tasks"]["answered"] >= count:
            return
        assert time.monotonic() < deadline, pool


@pytest.mark.runtime_only
def test_requests_are_refused_while_orthanc_stops(orthanc: Any) -> None:
    server = orthanc(IN_WORKER, config={"Python": {"Workers": 2}})
    running = server.in_background("/slow")
    server.wait_log("the slow handler begins")
    server.signal(signal.SIGTERM)
    refused = None
    while server.running and refused is None:
        try:
            answer = requests.get(server.url + "/ping", timeout=60)
        except requests.ConnectionError:
            break
        if answer.status_code != 200:
            refused = answer
    assert refused is not None, "no request was refused before Orthanc had stopped"
    assert refused.status_code == 503
    assert running.result(60).text == "finished"
    assert server.wait_exit(40) == 0


STUCK = """
import ctypes, os, time
import orthanc
from orthanc_runtime import offload

@offload(timeout=0)
def stuck_worker(output, uri, **request):
    orthanc.LogWarning("stuck now")
    while True:
        pass

@offload(timeout=0)
def stuck_worker_in_c(output, uri, **request):
    orthanc.LogWarning("stuck now")
    ctypes.PyDLL(None).sleep(3600)

def stuck_with_the_gil(output, uri, **request):
    orthanc.LogWarning("stuck now")
    ctypes.PyDLL(None).sleep(3600)

def spin(output, uri, **request):
    orthanc.LogWarning("stuck now")
    while True:
        pass

def stuck_in_c(output, uri, **request):
    orthanc.LogWarning("stuck now")
    time.sleep(3600)

orthanc.RegisterRestCallback("/worker", stuck_worker)
orthanc.RegisterRestCallback("/worker-in-c", stuck_worker_in_c)
orthanc.RegisterRestCallback("/gil", stuck_with_the_gil)
orthanc.RegisterRestCallback("/spin", spin)
orthanc.RegisterRestCallback("/c", stuck_in_c)
"""
SHORT = {"Python": {"Workers": {"Count": 1, "ShutdownTimeout": 1}}}


@pytest.mark.runtime_only
@pytest.mark.parametrize("path", ["/worker", "/worker-in-c"])
def test_handler_that_never_returns_in_a_worker(orthanc: Any, path: str) -> None:
    server = orthanc(STUCK, config=SHORT)
    answer = server.in_background(path)
    server.wait_log("stuck now")
    assert server.stop() == 0
    assert answer.result(60).status_code == 503


@pytest.mark.runtime_only
@pytest.mark.parametrize("path", ["/spin", "/c"])
def test_handler_that_never_returns_in_the_master(orthanc: Any, path: str) -> None:
    """Orthanc ends all the same; it may have to be cut off, then the log says so."""
    server = orthanc(STUCK, config=SHORT)
    answer = server.in_background(path)
    server.wait_log("stuck now")
    server.expected_exit = None
    code = server.stop()
    assert code >= 0, "ended by a signal"
    answer.exception(60)
    assert "ShutdownTimeout" in server.log


@pytest.mark.runtime_only
def test_handler_that_keeps_the_gil_in_the_master(orthanc: Any) -> None:
    """No Python can run to end it: the watchdog, which needs none, ends the process."""
    server = orthanc(STUCK, config=SHORT)
    answer = server.in_background("/gil")
    server.wait_log("stuck now")
    server.expected_exit = 70
    began = time.monotonic()
    assert server.stop() == 70
    # ShutdownTimeout, and what an idle Orthanc needs; five times of it
    assert time.monotonic() - began < 5 * (1 + 6)
    answer.exception(60)
    for code in ("ORT-5003", "ORT-5004", "ORT-5005"):
        assert code in server.log


@pytest.mark.runtime_only
def test_thread_of_the_script_does_not_keep_orthanc_alive(orthanc: Any) -> None:
    script = """
        import threading, time
        import orthanc
        threading.Thread(target=lambda: time.sleep(3600)).start()
    """
    assert orthanc(script).get("/system").status_code == 200  # the fixture stops it
