# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime serve --reload``: a script that is saved comes into use."""

from __future__ import annotations

import itertools
import os
import sys
import time
from pathlib import Path

import pytest
import requests
from terminals import Server

from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

HEAD = """
import orthanc
from orthanc_runtime import offload

def answer(text):
    def handler(output, uri, **request):
        output.AnswerBuffer(text, "text/plain")
    return handler
"""
OFFLOADED = 'orthanc.RegisterRestCallback("/there", offload(answer("{}")))\n'
IN_ORTHANC = 'orthanc.RegisterRestCallback("/here", answer("{}"))\n'


# Yet to come, so that no bytecode is younger.
SECOND = (time.time_ns() // 10**9 + 3600) * 10**9
MILLISECONDS = itertools.count(1)


def save(script: Path, *lines: str) -> None:
    """As an editor does: at once; each time within the same second, in which Python cannot tell
    files of one size apart."""
    new = script.with_suffix(".new")
    new.write_text(HEAD + "".join(lines))
    os.utime(new, ns=(SECOND, SECOND + next(MILLISECONDS) * 10**6))
    new.replace(script)


def wait_answer(server: Server, url: str, text: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if requests.get(url, timeout=10).text == text:
                return
        except requests.ConnectionError:  # it is being restarted
            pass
        assert time.monotonic() < deadline, f"no {text}\n{server.text}"
        time.sleep(0.05)


def test_a_script_that_is_saved(tmp_path: Path) -> None:
    script, log = tmp_path / "script.py", tmp_path / "server.log"
    save(script, OFFLOADED.format(1))
    configuration = tmp_path / "etc"
    configuration.mkdir()
    (configuration / "name.json").write_text('{"Name": "of the folder"}')
    (configuration / "python.json").write_text('{"Python": {"Workers": {"Count": 1}}}')
    ports = f"--http-port {unused_port()} --dicom-port {unused_port()}"
    command = (
        f"{sys.executable} -m orthanc_runtime.cli serve {script} --config etc --reload {ports}"
    )
    # Bytecode is kept, as it is by default.
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    server = Server(command, tmp_path, variables, log)
    try:
        url = server.wait_for(r"(http://localhost:\d+)/ until Ctrl-C")[1]
        wait_answer(server, f"{url}/there", "1")
        assert requests.get(f"{url}/system", timeout=10).json()["Name"] == "of the folder"
        first = requests.get(f"{url}/python-runtime/status", timeout=10).json()["Pid"]

        save(script, OFFLOADED.format(2))
        wait_answer(server, f"{url}/there", "2")
        assert requests.get(f"{url}/python-runtime/status", timeout=10).json()["Pid"] == first

        save(script, OFFLOADED.format(2), IN_ORTHANC.format(3))
        wait_answer(server, f"{url}/here", "3")
        server.wait_for("script.py changed: Orthanc is restarted")
        server.wait_for("/here +Orthanc")

        save(script, OFFLOADED.format(2), IN_ORTHANC.format(4), "nonsense\n")
        server.wait_for("NameError: name 'nonsense' is not defined; what has run before serves on")
        assert requests.get(f"{url}/here", timeout=10).text == "3"

        save(script, OFFLOADED.format(5), IN_ORTHANC.format(5))
        wait_answer(server, f"{url}/here", "5")
        wait_answer(server, f"{url}/there", "5")
    finally:
        assert server.interrupt() == 0, server.text
