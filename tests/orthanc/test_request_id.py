# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One id for a request: in the answer, in Orthanc's log, and in the records of the worker."""

from __future__ import annotations

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import logging, os, threading
import orthanc
from orthanc_runtime import in_worker, offload

if in_worker:
    logging.basicConfig(format="RECORD [%(task_id)s|%(request_id)s] %(message)s", force=True)
logging.getLogger().setLevel("INFO")
logging.info("imported")

@offload
def inner(output, uri, **request):
    logging.info("inner")
    output.AnswerBuffer("inner", "text/plain")

@offload
def handler(output, uri, **request):
    logging.info("before")
    orthanc.RestApiGetAfterPlugins("/inner")
    logging.info("after")
    orthanc.LogWarning("FROM SDK")
    thread = threading.Thread(target=logging.info, args=("in a thread",))
    thread.start()
    thread.join()
    output.AnswerBuffer("answered", "text/plain")

@offload
def own(output, uri, **request):
    output.SetHttpHeader("x-request-id", "mine")
    output.AnswerBuffer("answered", "text/plain")

@offload
def raises(output, uri, **request):
    raise ValueError("wrong")

@offload
def dies(output, uri, **request):
    os._exit(3)

@offload
def silent(output, uri, **request):
    pass

for function in (inner, handler, own, raises, dies, silent):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})


def test_task_id_without_a_name(server: OrthancServer) -> None:
    answer = server.get("/handler")
    assert answer.text == "answered"
    task = int(answer.headers["X-Request-Id"])
    start = server.log_offset
    server.wait_log(rf"RECORD \[{task}\|{task}\] before", start=start)
    inner = server.wait_log(r"RECORD \[(\d+)\|\d+\] inner", start=start)[1]
    assert int(inner) > task
    server.wait_log(rf"RECORD \[{task}\|{task}\] after", start=start)
    server.wait_log(rf"worker 0 \(pid \d+\), task {task}: FROM SDK", start=start)
    server.wait_log(r"RECORD \[\|\] in a thread", start=start)
    server.wait_log(r"RECORD \[\|\] imported")


def test_name_given_by_the_client(server: OrthancServer) -> None:
    given = "a-Z_0.9" * 18
    answer = server.get("/handler", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given
    server.wait_log(rf"RECORD \[\d+\|{given}\] after", start=server.log_offset)


@pytest.mark.parametrize("given", ["with space", "x" * 129, "semi;colon", "{json}"])
def test_names_that_are_not_safe(server: OrthancServer, given: str) -> None:
    answer = server.get("/handler", headers={"X-Request-Id": given})
    assert int(answer.headers["X-Request-Id"]) > 0
    assert given not in server.log[server.log_offset :]


def test_header_of_the_handler_wins(server: OrthancServer) -> None:
    assert server.get("/own").headers["X-Request-Id"] == "mine"


@pytest.mark.parametrize(("path", "status"), [("/raises", 500), ("/dies", 502), ("/silent", 500)])
def test_errors(server: OrthancServer, path: str, status: int) -> None:
    answer = server.get(path, headers={"X-Request-Id": "abc.1"})
    assert answer.status_code == status
    assert ", request abc.1)" in answer.text
    server.wait_log(rf"GET {path} \(task \d+, request abc\.1\)", start=server.log_offset)
    if status == 502:  # of the others Orthanc itself makes the answer, without our headers
        assert answer.headers["X-Request-Id"] == "abc.1"
