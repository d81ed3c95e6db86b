# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /python-runtime/reload and ReloadOnChange: new workers, while Orthanc goes on."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest
from launcher import Launcher
from processes import wait_gone
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os, time
import orthanc
from orthanc_runtime import in_worker, offload
import beside

@offload
def answer(output, uri, **request):
    output.AnswerBuffer("%s " + beside.VALUE + " " + str(os.getpid()), "text/plain")

@offload
def waits(output, uri, **request):
    orthanc.LogWarning("WAITS " + str(os.getpid()))
    while not os.path.exists(request["get"]["until"]):
        time.sleep(0.01)
    output.AnswerBuffer("waited", "text/plain")

state = []
def master(output, uri, **request):
    state.append(1)
    output.AnswerBuffer("%s " + str(len(state)), "text/plain")

for function in (answer, waits, master):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""


def script(version: str) -> str:
    return SCRIPT.replace("%s", version)


def write(server: OrthancServer, text: str, name: str = "script.py") -> None:
    (server.script_folder / name).write_text(text, "utf-8")


def answered(server: OrthancServer) -> tuple[str, int]:
    version, value, pid = server.get("/answer").text.split()
    return f"{version} {value}", int(pid)


def generation(server: OrthancServer) -> int:
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    number: int = pool["Generation"]
    return number


def trackers(server: OrthancServer) -> list[int]:
    return [each.pid for each in server.children() if "resource_tracker" in each.name]


def refused(server: OrthancServer, status: int) -> str:
    answer = server.post("/python-runtime/reload")
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    assert body["HttpStatus"] == status
    assert body["Uri"] == "/python-runtime/reload"
    message: str = body["Message"]
    return message


@pytest.fixture(scope="module", params=["ForkServer", "Spawn"])
def server(shared_orthanc: Launcher, request: pytest.FixtureRequest) -> OrthancServer:
    return shared_orthanc(
        script("first"),
        files={"beside.py": "VALUE = 'a'\n"},
        config={
            "Python": {"Workers": {"Count": 2, "StartMethod": request.param, "Preload": "beside"}}
        },
    )


def test_new_workers_import_the_script_anew_and_old_ones_end_their_tasks(
    server: OrthancServer,
) -> None:
    assert answered(server)[0] == "first a"
    assert server.get("/master").text == "first 1"
    until = server.folder / "go"
    waiting = server.in_background(f"/waits?until={until}")
    old = int(server.wait_log(r"WAITS (\d+)", start=server.log_offset)[1])
    write(server, script("second"))
    write(server, "VALUE = 'bcd'\n", "beside.py")
    done = server.post("/python-runtime/reload")
    assert done.status_code == 200, done.text
    assert done.json()["Generation"] == generation(server) == 2
    answers = {answered(server) for _ in range(4)}
    assert {text for text, _ in answers} == {"second bcd"}
    assert old not in {pid for _, pid in answers}
    # the master's handlers and their state stay
    assert server.get("/master").text == "first 2"
    (pool,) = server.get("/python-runtime/status").json()["Pools"]
    assert "draining" in {worker["State"] for worker in pool["Workers"] if worker["Pid"] == old}
    until.touch()
    assert waiting.result(30).text == "waited"
    assert wait_gone(old, 20)


def test_what_the_old_generation_leaves(server: OrthancServer) -> None:
    """It removes its folder last; the resource tracker is for the new one, too."""
    before = set(server.temporary.glob("orthanc-runtime-workers-*"))
    (tracker,) = trackers(server)
    assert server.post("/python-runtime/reload").status_code == 200
    deadline = time.monotonic() + 20
    while before & set(server.temporary.glob("orthanc-runtime-workers-*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert trackers(server) == [tracker]
    assert "ORT-2109" not in server.log


def test_a_script_that_fails_is_refused(server: OrthancServer) -> None:
    number = generation(server)
    before = answered(server)[0]
    write(server, script("broken") + "raise LookupError('no such thing')\n")
    message = refused(server, 500)
    assert "LookupError: no such thing" in message
    assert f"generation {number} goes on serving" in message
    server.wait_log("the reload is refused", start=server.log_offset)
    assert answered(server)[0] == before
    assert generation(server) == number


def test_other_handlers_are_refused_by_name(server: OrthancServer) -> None:
    before = answered(server)[0]
    write(server, script("changed") + "orthanc.RegisterRestCallback('/new', answer)\n")
    message = refused(server, 409)
    assert "/new#1" in message
    assert answered(server)[0] == before


def test_one_reload_at_a_time(server: OrthancServer) -> None:
    write(server, script("slow") + "import time; time.sleep(1)\n")
    both = [server.in_background("/python-runtime/reload", "POST") for _ in range(2)]
    statuses = sorted(each.result(60).status_code for each in both)
    assert statuses == [200, 409]
    assert answered(server)[0] == "slow bcd"


def test_requests_go_on_during_reloads(server: OrthancServer) -> None:
    write(server, script("last"))
    reload = server.in_background("/python-runtime/reload", "POST")
    while not reload.done():
        assert server.get("/answer").status_code == 200
    assert reload.result().status_code == 200
    for _ in range(20):
        assert answered(server)[0] == "last bcd"


def test_a_file_that_is_saved_twice_within_a_second(server: OrthancServer) -> None:
    """Python cannot tell its two states of one size apart."""
    second = (time.time_ns() // 10**9 + 3600) * 10**9  # no bytecode is younger
    for number in range(3):
        write(server, f"VALUE = '{number}'\n", "beside.py")
        os.utime(server.script_folder / "beside.py", ns=(second, second + number * 10**6))
        assert server.post("/python-runtime/reload").status_code == 200
        assert answered(server)[0].endswith(f" {number}")


def test_stop_while_old_workers_drain_and_new_ones_come(orthanc: Launcher) -> None:
    server = orthanc(
        script("first"),
        files={"beside.py": "VALUE = 'a'\n"},
        config={"Python": {"Workers": {"Count": 1, "ShutdownTimeout": 0.5}}},
    )
    server.in_background("/waits?until=/never")
    server.wait_log("WAITS")
    assert server.post("/python-runtime/reload").status_code == 200
    write(server, script("slow") + "print('IMPORTING')\nimport time; time.sleep(30)\n")
    server.in_background("/python-runtime/reload", "POST")
    server.wait_log("IMPORTING")
    # closing the fixture stops Orthanc, and looks for what is left


def test_nothing_to_reload(orthanc: Launcher) -> None:
    server = orthanc("import orthanc\n")
    assert "nothing to reload" in refused(server, 409)
    assert server.get("/python-runtime/reload").status_code == 405


def test_reload_on_change(orthanc: Launcher) -> None:
    server = orthanc(
        script("first"),
        files={"beside.py": "VALUE = 'a'\n"},
        config={"Python": {"Workers": {"Count": 1, "ReloadOnChange": True}}},
    )
    assert answered(server)[0] == "first a"
    write(server, "VALUE = 'changed'\n", "beside.py")
    server.wait_log("beside.py changed")
    server.wait_log("generation 2 of the workers serves")
    assert answered(server)[0] == "first changed"
    write(server, "VALUE = \n", "beside.py")
    server.wait_log("the reload is refused.*")
    assert "SyntaxError" in server.log
    assert answered(server)[0] == "first changed"
    write(server, "VALUE = 'mended'\n", "beside.py")
    server.wait_log("generation 3 of the workers serves")
    assert answered(server)[0] == "first mended"
