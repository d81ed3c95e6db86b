# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime check``: what it says about scripts, good and bad."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from orthanc_runtime.cli import main

pytestmark = pytest.mark.unit

HEAD = """
import functools, threading, time
import orthanc
import orthanc_runtime
from orthanc_runtime import offload, on_worker_start, rest
"""

GOOD = """
@offload(timeout=60, idempotent=True)
def handler(output, uri, **request): ...

@offload(concurrency=4)
async def coroutine(output, uri, **request): ...

def changed(change, level, resource): ...

@offload(pool="large")
def function(x): ...

@on_worker_start
def load(): ...

orthanc.RegisterRestCallback("/a/(.*)", handler)
orthanc.RegisterRestCallback("/b", coroutine)
orthanc.RegisterRestCallback("/c", lambda output, uri, **request: None)
orthanc.RegisterOnChangeCallback(changed)
print("what a script prints")
"""

BAD = """
lock = threading.Lock()
count = 0
text = bytes(3_000_000)

@offload
def counting(output, uri, **request):
    global count
    count += 1

def make():
    inner = threading.Lock()

    @offload
    def closure(x):
        with inner:
            return x

    return closure

closure = make()
by_global = offload(lambda x: (lock, x))
large = offload(lambda x: (text, x))
routed = offload(lambda output, uri, **request: lock)

class Service:
    def __init__(self):
        self.lock = threading.Lock()

    @offload
    def compute(self, x): ...

service = Service()

@offload
def changed(lock, *change): ...

@offload
def twice(): ...

first = twice

@offload
def twice(): ...

threading.Thread(target=time.sleep, args=(60,), daemon=True, name="poller").start()
orthanc.RegisterRestCallback("/count", counting)
orthanc.RegisterRestCallback("/routed", routed)
orthanc.RegisterOnChangeCallback(functools.partial(changed, lock))
orthanc.RegisterOnStoredInstanceCallback(service.compute)
"""


def write(folder: Path, text: str) -> str:
    path = folder / "script.py"
    path.write_text(HEAD + text)
    return str(path)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main(["check", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_what_is_registered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = write(tmp_path, GOOD)
    code, found = report(capsys, script)
    assert code == 0
    assert [(entry["level"], entry["what"]) for entry in found["findings"]] == [
        ("note", "the pool large must be configured")
    ]
    limits = {"pool": "default", "timeout": None, "concurrency": 1, "idempotent": False}
    shown = [
        (entry["registered_by"], entry["subject"], entry["callback"], entry["offloaded"])
        for entry in found["registrations"]
    ]
    assert shown == [
        (
            "RegisterRestCallback",
            "/a/(.*)",
            "handler",
            limits | {"timeout": 60, "idempotent": True},
        ),
        ("RegisterRestCallback", "/b", "coroutine", limits | {"concurrency": 4}),
        ("RegisterRestCallback", "/c", "<lambda>", None),
        ("RegisterOnChangeCallback", "", "changed", None),
    ]
    lines = (HEAD + GOOD).splitlines()
    places = [int(entry["place"].removeprefix(f"{script}:")) for entry in found["registrations"]]
    assert [lines[place - 1] for place in places[:2]] == [
        "@offload(timeout=60, idempotent=True)",
        "@offload(concurrency=4)",
    ]
    assert found["start_hooks"][0]["name"] == "load"
    assert "function" in [entry["name"] for entry in found["functions"]]


def test_the_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "orthanc.json"
    pools = {"Pools": {"large": {"Count": 1}}, "OffloadRoutes": ["/c"]}
    config.write_text(json.dumps({"Python": {"Path": write(tmp_path, GOOD), "Workers": pools}}))
    assert main(["check", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "RegisterRestCallback /a/(.*)  workers (timeout 60 s, idempotent)" in out
    assert "RegisterRestCallback /c       workers\n" in out
    assert "workers (pool large)" in out
    assert out.endswith("nothing found\n")


def test_what_cannot_work_in_several_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = report(capsys, write(tmp_path, BAD))
    assert code == 1
    said = {(entry["level"], entry["what"]): entry["why"] for entry in found["findings"]}
    closure = said.pop(("error", "make.<locals>.closure cannot be sent to a worker"))
    assert "`inner`" in closure
    assert "_thread.lock" in closure
    assert "the global `lock`" in said.pop(("error", "<lambda> cannot be sent to a worker"))
    change = said.pop(("error", "RegisterOnChangeCallback: changed cannot run in a worker"))
    assert "argument 1 of the partial" in change
    twice = [what for level, what in said if level == "error" and what.startswith("twice")]
    assert len(twice) == 1
    del said["error", twice[0]]
    assert set(said) == {
        (
            "error",
            "RegisterOnStoredInstanceCallback: Service.compute cannot run in a worker",
        ),
        ("warning", "service.compute() cannot run in a worker"),
        ("warning", "3 MB are sent with each call of <lambda>"),
        ("warning", "counting assigns the global count"),
        ("warning", "the import starts a thread, poller"),
    }


@pytest.mark.parametrize(
    ("script", "what", "remedy"),
    [
        ("raise ValueError('no licence')", "fails in Orthanc: ValueError: no licence", "traceback"),
        ("def (", "fails in Orthanc: SyntaxError", "traceback"),
        ("import no_such_module", "ModuleNotFoundError", "-m pip install"),
        ("raise SystemExit(3)", "ends the process in Orthanc: SystemExit: 3", "raise an exception"),
        ("import os; os._exit(5)", "in Orthanc with exit code 5", "raise an exception"),
        ("import ctypes; ctypes.string_at(0)", "crashes the process in Orthanc: SIGSEGV", "import"),
        ("orthanc.RestApiGet('/system')", "database", "ORTHANC_STARTED"),
        ("orthanc.GenerateUuid()", "orthanc.GenerateUuid is called while", "serve SCRIPT"),
        ("rest.get('/system')", "rest is used while the script is imported", "serve SCRIPT"),
        ("offload(lambda: 1)()", "before there are workers", "traceback"),
        (
            "if orthanc_runtime.in_worker: raise OSError('address in use')",
            "fails in a worker: OSError: address in use",
            "traceback",
        ),
        (
            "if orthanc_runtime.in_worker:\n"
            "    orthanc.RegisterRestCallback('/x', offload(lambda output, uri, **_: 1))",
            "no worker can start",
            "register the same",
        ),
        ("import json\njson.loads(orthanc.GetConfiguration())['Mine']", "KeyError", "--config"),
    ],
)
def test_imports_that_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, what: str, remedy: str
) -> None:
    code, found = report(capsys, write(tmp_path, script))
    assert code == 1
    (finding,) = found["findings"]
    assert what in finding["what"]
    assert remedy in finding["remedy"]


def test_a_script_that_hangs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = write(tmp_path, "threading.Event().wait()")
    assert main(["check", script, "--timeout", "1"]) == 1
    captured = capsys.readouterr()
    assert "is not imported in Orthanc within 1 s" in captured.out
    assert f'File "{script}", line 6' in captured.err


def test_what_a_script_starts_is_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pids = tmp_path / "pids"
    script = write(
        tmp_path,
        f"""
import multiprocessing
pool = multiprocessing.Pool(1)
with open({str(pids)!r}, "a") as file:
    print(pool._pool[0].pid, file=file)
""",
    )
    assert report(capsys, script)[0] == 0
    left = [Path(f"/proc/{pid}") for pid in pids.read_text().split()]
    assert len(left) == 2
    deadline = time.monotonic() + 10
    while any(_runs(process) for process in left):
        assert time.monotonic() < deadline, "the pool outlives the check"
        time.sleep(0.01)


def _runs(process: Path) -> bool:
    """Neither gone nor a zombie, which is init's."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_guards_and_workers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guard = """
@offload
def handler(output, uri, **request): ...

orthanc.RegisterRestCallback("/a", handler)
orthanc.RegisterIncomingHttpRequestFilter(lambda uri, **request: True)
"""
    code, found = report(capsys, write(tmp_path, guard))
    assert code == 0
    (finding,) = found["findings"]
    assert finding["level"] == "note"
    assert "does not reach RegisterIncomingHttpRequestFilter" in finding["what"]


def test_a_pool_that_is_not_configured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "orthanc.json"
    config.write_text("{}")
    code, found = report(capsys, write(tmp_path, GOOD), "--config", str(config))
    assert code == 1
    assert "Python.Workers.Pools has no such pool" in found["findings"][0]["what"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name a script"),
        (["missing.py"], "does not exist"),
        (["script.txt"], '".py" file extension'),
    ],
)
def test_scripts_that_are_none(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["check", *arguments]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
