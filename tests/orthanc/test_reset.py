# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /tools/reset restarts Orthanc within one process: the script runs afresh each time.

The fixture checks that each of these servers still stops with exit code 0.
"""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer

pytestmark = pytest.mark.orthanc

SCRIPT = """
import numpy
import beside
import orthanc
{imports}

STATE = []

{decorator}
def answer(output, uri, **request):
    STATE.append(1)
    total = int(numpy.arange(10).sum())
    output.AnswerBuffer(f"{total} {len(STATE)} {beside.WORD}", "text/plain")

def changed(change, level, resource):
    if change == orthanc.ChangeType.NEW_INSTANCE:
        orthanc.LogWarning("new instance " + resource)

orthanc.RegisterRestCallback("/answer", answer)
orthanc.RegisterRestCallback("/lambda", lambda o, u, **r: o.AnswerBuffer("lambda", "text/plain"))
orthanc.RegisterOnChangeCallback(changed)
"""


def script(imports: str = "", decorator: str = "") -> str:
    return SCRIPT.replace("{imports}", imports).replace("{decorator}", decorator)


def reset(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.post("/tools/reset").status_code == 200
    server.session.close()
    server.wait_log("Orthanc has started", 60, start)


@pytest.mark.runtime_only
def test_three_resets_with_numpy(orthanc: Any) -> None:
    server = orthanc(script(), files={"beside.py": "WORD = 'a'"})
    for _ in range(3):
        assert server.get("/answer").text == "45 1 a"
        assert server.get("/lambda").text == "lambda"
        reset(server)
    assert server.get("/answer").text == "45 1 a"
    server.upload(dicom_bytes())
    server.wait_log("new instance")


@pytest.mark.runtime_only
def test_modules_beside_the_script_are_read_again(orthanc: Any) -> None:
    server = orthanc(script(), files={"beside.py": "WORD = 'before'"})
    assert server.get("/answer").text == "45 1 before"
    (server.script_folder / "beside.py").write_text("WORD = 'and after the reset'")
    reset(server)
    assert server.get("/answer").text == "45 1 and after the reset"


@pytest.mark.runtime_only
def test_reset_starts_new_workers_and_ends_the_old(orthanc: Any) -> None:
    text = script("from orthanc_runtime import offload", "@offload")
    server = orthanc(
        text, files={"beside.py": "WORD = 'a'"}, config={"Python": {"Workers": {"Count": 2}}}
    )
    assert server.get("/answer").text.startswith("45")
    before = {process.pid for process in server.children()}
    reset(server)
    assert server.get("/answer").text.startswith("45")
    after = {process.pid for process in server.children()}
    assert not before & after
    assert len(after) <= len(before) + 1


@pytest.mark.runtime_only
def test_thread_of_an_older_generation_loses_the_sdk(orthanc: Any) -> None:
    text = """
        import threading
        import orthanc

        started = threading.Event()

        def work():
            started.wait()
            while True:
                try:
                    orthanc.RestApiGet("/system")
                except orthanc.OrthancException:
                    started.wait(0.01)

        threading.Thread(target=work, daemon=True, name="old-thread").start()

        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STARTED:
                started.set()

        def names(output, uri, **request):
            found = [t.name for t in threading.enumerate() if t.name == "old-thread"]
            output.AnswerBuffer(str(len(found)), "text/plain")

        orthanc.RegisterOnChangeCallback(changed)
        orthanc.RegisterRestCallback("/threads", names)
    """
    server = orthanc(text)
    assert server.get("/threads").text == "1"
    reset(server)
    assert server.get("/threads").text == "1"
