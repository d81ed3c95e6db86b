# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples that decide who may do what."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from sample_files import sample

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

FIND = json.dumps({"Level": "Study", "Query": {}})


@pytest.mark.parametrize(
    ("networks", "status"), [(["127.0.0.0/8"], 200), (["10.0.3.0/24"], 403), ([], 403)]
)
def test_allow_list(orthanc: Launcher, networks: list[str], status: int) -> None:
    config = {"AccessList": {"MayWrite": networks}}
    server = orthanc(sample("access/allow_list"), config=config)
    assert server.post("/instances", dicom_bytes()).status_code == status
    assert server.post("/tools/find", FIND).status_code == 200
    assert server.get("/studies").status_code == 200
    assert server.delete("/changes").status_code == status
    if status == 403:
        server.wait_log("POST /instances from 127.0.0.1 is not allowed")


class Service(ThreadingHTTPServer):
    """Says yes to those who bring ``yes``; keeps the questions."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Decision)
        self.questions: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/decide"


class Decision(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.questions.append(question)
        self.send_response(200 if question["authorization"] == "yes" else 403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as service:
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        yield service
        service.shutdown()
        thread.join(10)


def test_ask_service(orthanc: Launcher, service: Service) -> None:
    config = {"AccessService": {"Url": service.url}}
    server = orthanc(sample("access/ask_service"), config=config)
    for _ in range(3):
        assert server.get("/studies", headers={"Authorization": "yes"}).status_code == 200
        assert server.get("/studies", headers={"Authorization": "no"}).status_code == 403
    asked = {"method": "GET", "uri": "/studies", "ip": "127.0.0.1"}
    assert service.questions == [
        {**asked, "authorization": "yes"},
        {**asked, "authorization": "no"},
    ]


def test_nobody_may_where_the_service_does_not_answer(orthanc: Launcher) -> None:
    config = {"AccessService": {"Url": "http://127.0.0.1:1/decide", "Seconds": 1}}
    server = orthanc(sample("access/ask_service"), config=config)
    assert server.get("/studies", headers={"Authorization": "yes"}).status_code == 403
    server.wait_log("The access service does not answer")
