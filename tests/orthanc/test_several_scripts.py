# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of scripts: each is a module of its own, in Orthanc and in its workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = """
import json, os
import orthanc
import orthanc_runtime

VALUE = "{value}"

def shown():
    return {{"value": VALUE, "name": __name__, "pid": os.getpid(), "twice": twice(2)}}

def twice(number):
    return number * 2

def answer(output, uri, **request):
    output.AnswerBuffer(json.dumps(shown()), "application/json")

@orthanc_runtime.offload
def calculate(number):
    return VALUE, twice(number), orthanc_runtime.in_worker

def call(output, uri, **request):
    output.AnswerBuffer(json.dumps(calculate(4)), "application/json")

# the same pattern in all scripts, and one for each
orthanc.RegisterRestCallback("/shared", orthanc_runtime.offload(answer))
orthanc.RegisterRestCallback("/master/{value}", answer)
orthanc.RegisterRestCallback("/worker/{value}", orthanc_runtime.offload(answer))
orthanc.RegisterRestCallback("/call/{value}", call)
orthanc_runtime.on_worker_start(lambda: print("IMPORTED {value}"))
{more}
"""
SCRIPTS = {
    "first": ("plain.py", "plain"),
    "hyphen": ("my-script.py", "my-script"),
    "space": ("my script.py", "my script"),
    "dots": ("my.dotted.script.py", "orthanc_script_my_dotted_script"),
    "package": ("some-package/__init__.py", "some-package"),
    "same": ("elsewhere/plain.py", "orthanc_script_plain"),
    "json": ("elsewhere/json.py", "orthanc_script_json"),
}
VALUES = list(SCRIPTS)


def write(folder: Path, **more: str) -> list[str]:
    """All scripts; the paths for the configuration."""
    paths = []
    for value, (file, _) in SCRIPTS.items():
        path = folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(SCRIPT.format(value=value, more=more.get(value, "")))
        paths.append(str(path))
    part = "PART = __name__\n"
    (folder / "some-package/part.py").write_text(part)
    return paths


@pytest.fixture
def server(orthanc: Launcher, tmp_path: Path) -> OrthancServer:
    package = "from .part import PART\nassert PART == 'some-package.part'\n"
    paths = write(tmp_path, package=package)
    return orthanc(config={"Python": {"Path": paths, "Workers": 2}})


def test_each_is_a_module_of_its_own(server: OrthancServer) -> None:
    for value, (_, name) in SCRIPTS.items():
        for place in ("master", "worker"):
            found = server.get(f"/{place}/{value}").json()
            assert (found["value"], found["name"], found["twice"]) == (value, name, 4)
            assert (found["pid"] == server.pid) is (place == "master")
        assert server.get(f"/call/{value}").json() == [value, 8, True]
    # the first registration of a pattern wins, as within one script
    assert server.get("/shared").json()["value"] == "first"


def test_the_order_of_the_imports(server: OrthancServer) -> None:
    start = 0
    for file, name in SCRIPTS.values():
        start = server.wait_log(f"{file}, imported as {name}", start=start).end()
    for worker in ("0", "1"):
        start = 0
        for value in VALUES:
            imported = rf"worker {worker} .*IMPORTED {value}$"
            start = server.wait_log(imported, start=start).end()


def test_a_reload_imports_all_of_them(server: OrthancServer, tmp_path: Path) -> None:
    path = tmp_path / SCRIPTS["same"][0]
    path.write_text(path.read_text().replace("number * 2", "number * 30"))
    assert server.post("/python-runtime/reload").status_code == 200
    assert server.get("/worker/same").json()["twice"] == 60
    assert server.get("/worker/first").json()["twice"] == 4


def test_a_change_of_any_of_them_reloads(orthanc: Launcher, tmp_path: Path) -> None:
    workers = {"Count": 1, "ReloadOnChange": True}
    server = orthanc(config={"Python": {"Path": write(tmp_path), "Workers": workers}})
    path = tmp_path / SCRIPTS["package"][0]
    path.write_text(path.read_text().replace("number * 2", "number * 30"))
    server.wait_log(f"{path} changed: the workers are reloaded")
    server.wait_log("generation 2 of the workers serves")
    assert server.get("/worker/package").json()["twice"] == 60
    assert server.get("/worker/same").json()["twice"] == 4


def test_a_reset_imports_all_of_them(server: OrthancServer, tmp_path: Path) -> None:
    for value in ("first", "json"):
        path = tmp_path / SCRIPTS[value][0]
        path.write_text(path.read_text().replace("number * 2", "number * 30"))
    start = len(server.log)
    server.post("/tools/reset")
    server.wait_log("Orthanc has started", start=start)
    for value in VALUES:
        expected = 60 if value in ("first", "json") else 4
        assert server.get(f"/master/{value}").json()["twice"] == expected
        assert server.get(f"/worker/{value}").json()["twice"] == expected


def test_an_error_names_its_script(orthanc: Launcher, tmp_path: Path) -> None:
    paths = write(tmp_path, same="raise LookupError('not today')")
    log = orthanc(config={"PythonScript": paths}, starts=False).log
    assert f'File "{tmp_path / SCRIPTS["same"][0]}", line' in log
    assert "LookupError: not today" in log


def test_an_error_in_a_worker_names_its_script(orthanc: Launcher, tmp_path: Path) -> None:
    paths = write(tmp_path, same="if orthanc_runtime.in_worker: raise LookupError('not today')")
    log = orthanc(config={"PythonScript": paths, "Python": {"Workers": 1}}, starts=False).log
    assert f'File "{tmp_path / SCRIPTS["same"][0]}", line' in log
    assert "LookupError: not today" in log


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (5, "PythonScript[7] is 5; allowed: the path of a Python file"),
        ("nowhere.py", "PythonScript[7]: "),
        ("plain.py", "plain.py is the same file as [0]"),
        ("script.txt", 'PythonScript[7]: Python script must have the ".py" file extension'),
    ],
)
def test_a_bad_element_is_named(orthanc: Launcher, tmp_path: Path, bad: Any, words: str) -> None:
    paths = [*write(tmp_path), str(tmp_path / bad) if isinstance(bad, str) else bad]
    assert words in orthanc(config={"PythonScript": paths}, starts=False).log


def test_a_hidden_module_is_named(orthanc: Launcher, tmp_path: Path) -> None:
    paths = write(tmp_path, first="import beside", same="import beside")
    (tmp_path / "beside.py").write_text("")
    (tmp_path / "elsewhere/beside.py").write_text("")
    server = orthanc(config={"PythonScript": paths, "Python": {"Workers": 1}})
    server.wait_log(rf"^W.*{tmp_path}/elsewhere/beside.py is hidden by {tmp_path}/beside.py")


def test_a_script_of_the_list_may_import_another(orthanc: Launcher, tmp_path: Path) -> None:
    importing = tmp_path / "importing.py"
    importing.write_text("import plain\nplain.VALUE = 'changed'\n")
    paths = [str(importing), *write(tmp_path)]
    server = orthanc(config={"PythonScript": paths, "Python": {"Workers": 1}})
    for place in ("master", "worker"):
        assert json.loads(server.get(f"/{place}/first").text)["value"] == "changed"
        assert server.get(f"/{place}/same").json()["value"] == "same"
