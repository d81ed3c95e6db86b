# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime serve --debug``: breakpoints of scripts on a terminal."""

from __future__ import annotations

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from terminal import Terminal

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import pdb
import orthanc
from orthanc_runtime import offload

@offload(timeout=0.5)
def in_worker(output, uri, **request):
    number = 6 * 7
    breakpoint()
    output.AnswerBuffer(str(number), "text/plain")

def in_orthanc(output, uri, **request):
    number = 6 * 8
    pdb.set_trace()
    output.AnswerBuffer(str(number), "text/plain")

orthanc.RegisterRestCallback("/in-worker", in_worker)
orthanc.RegisterRestCallback("/in-orthanc", in_orthanc)
"""


def age_of_task(url: str) -> float:
    status = requests.get(f"{url}/python-runtime/status", timeout=10).json()
    (task,) = status["Pools"][0]["Workers"][0]["Running"]
    age: float = task["Age"]
    return age


def test_breakpoints_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "base.json").write_text('{"DicomServerEnabled": false, "HttpPort": 18042}')
    command = [sys.executable, "-m", "orthanc_runtime.cli", "serve", "script.py", "--debug"]
    with (
        ThreadPoolExecutor() as executor,
        Terminal([*command, "--config", "base.json"], tmp_path) as terminal,
    ):
        url = terminal.wait(r"(http://localhost:\d+)/ until Ctrl-C")[1]
        terminal.wait("Orthanc has started")

        answer = executor.submit(requests.get, f"{url}/in-worker", timeout=40)
        terminal.wait(r"worker 0 waits here[\s\S]*in_worker\(\)[\s\S]*\(Pdb\) ")
        terminal.type("number = 1000\n")
        terminal.wait(r"\(Pdb\) ")
        while age_of_task(url) < 0.6:  # beyond the deadline of the handler
            pass
        terminal.type("c\n")
        assert answer.result().text == "1000"

        answer = executor.submit(requests.get, f"{url}/in-orthanc", timeout=40)
        terminal.wait(r"Orthanc waits here[\s\S]*in_orthanc\(\)[\s\S]*\(Pdb\) ")
        terminal.type("p number, 'ab' * 2\n")
        terminal.wait(re.escape("(48, 'abab')"))
        terminal.type("q\n")
        assert answer.result().status_code == 500
        answer = executor.submit(requests.get, f"{url}/in-orthanc", timeout=40)
        terminal.wait(r"Orthanc waits here[\s\S]*\(Pdb\) ")
        terminal.type("c\n")
        assert answer.result().text == "48"

        answer = executor.submit(requests.get, f"{url}/in-worker", timeout=40)
        terminal.wait(r"\(Pdb\) ")
        terminal.type("\x03")
        assert terminal.wait_end() == 0
        assert answer.result().status_code == 503
        assert terminal.echoes
