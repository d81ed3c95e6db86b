# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts that load, and scripts for which Orthanc refuses to start and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plugin_choice import REFERENCE_PLUGIN, plugin_under_test, reference_chosen

pytestmark = pytest.mark.orthanc

PING = """
import orthanc

def ping(output, uri, **request):
    output.AnswerBuffer("pong", "text/plain")

orthanc.RegisterRestCallback("/ping", ping)
"""


def test_script_is_a_module(orthanc: Any) -> None:
    script = """
        import json, os, sys
        import orthanc
        FACTS = {
            "name": __name__, "file": __file__, "first": sys.path[0], "argv": sys.argv,
            "registered": sys.modules.get(__name__) is not None,
        }
        def facts(output, uri, **request):
            output.AnswerBuffer(json.dumps(FACTS), "application/json")
        orthanc.RegisterRestCallback("/facts", facts)
    """
    server = orthanc(script, name="my-script.py")
    facts = server.get("/facts").json()
    assert facts["name"] == "my-script"
    assert facts["file"] == str(server.script)
    assert facts["first"] == str(server.script_folder)
    assert facts["argv"] == [""]
    assert facts["registered"]


@pytest.mark.runtime_only
def test_the_module_of_orthanc_is_found_first(orthanc: Any) -> None:
    """The environment has another one, for Python outside Orthanc."""
    server = orthanc(
        """
        import importlib, json, subprocess, sys
        import orthanc
        from orthanc_runtime import offload
        def facts(output, uri, **request):
            outside = [sys.executable, "-c", "import orthanc"]
            error = subprocess.run(outside, stderr=subprocess.PIPE, text=True).stderr
            output.AnswerBuffer(json.dumps({
                "file": getattr(orthanc, "__file__", None),
                "same": importlib.import_module("orthanc") is orthanc,
                "outside": error.splitlines()[-1],
            }), "application/json")
        orthanc.RegisterRestCallback("/master", facts)
        orthanc.RegisterRestCallback("/worker", offload(facts))
        """,
        config={"Python": {"Workers": 1}},
    )
    for place in ("/master", "/worker"):
        facts = server.get(place).json()
        assert facts["file"] is None
        assert facts["same"]
        assert facts["outside"].startswith("ImportError: the module orthanc exists only in Orthanc")


def test_script_imports_from_its_folder(orthanc: Any) -> None:
    script = "import beside, orthanc\northanc.LogWarning('beside says ' + beside.WORD)"
    orthanc(script, files={"beside.py": "WORD = 'hello'"}).wait_log("beside says hello")


def test_script_named_by_a_path_relative_to_the_configuration(orthanc: Any) -> None:
    server = orthanc(files={"script.py": PING}, config={"PythonScript": "scripts/script.py"})
    assert server.get("/ping").text == "pong"


@pytest.mark.runtime_only
def test_script_of_the_newer_option(orthanc: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(PING)
    assert orthanc(config={"Python": {"Path": str(script)}}).get("/ping").text == "pong"


@pytest.mark.runtime_only
def test_module_name_that_collides_with_the_standard_library(orthanc: Any) -> None:
    """The reference loads it as json, which breaks every later import of json."""
    server = orthanc(PING + "import json\njson.dumps({})\n", name="json.py")
    assert server.get("/ping").text == "pong"


@pytest.mark.parametrize("script", [None, ""])
def test_no_script_or_an_empty_one(orthanc: Any, script: str | None) -> None:
    assert orthanc(script).get("/system").status_code == 200


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import orthanc\n\ndef broken(:\n", ["script.py", "line 3", "SyntaxError"]),
        ("import orthanc\nimport nowhere_to_be_found\n", ["line 2", "nowhere_to_be_found"]),
        ("def fails():\n    1 / 0\n\nfails()\n", ["line 4", "line 2", "ZeroDivisionError"]),
        ("import sys\nsys.exit(0)\n", ["line 2", "SystemExit"]),
        ("raise KeyboardInterrupt\n", ["line 1", "KeyboardInterrupt"]),
    ],
    ids=["syntax", "import", "exception", "exit", "interrupt"],
)
def test_script_that_cannot_be_imported(orthanc: Any, script: str, words: list[str]) -> None:
    server = orthanc(script, starts=False)
    for word in words:
        assert word in server.log
    if not reference_chosen():
        assert str(server.script) in server.log


@pytest.mark.runtime_only
def test_fault_in_a_module_beside_the_script(orthanc: Any) -> None:
    server = orthanc("import beside\n", files={"beside.py": "x = 1\nx.nope\n"}, starts=False)
    assert str(server.script_folder / "beside.py") in server.log
    assert "AttributeError" in server.log


def test_missing_script(orthanc: Any, tmp_path: Path) -> None:
    assert str(tmp_path) in orthanc(tmp_path / "absent.py", starts=False).log


def test_script_with_a_nul_byte(orthanc: Any, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_bytes(b"x = '\0'\n")
    assert "null bytes" in orthanc(script, starts=False).log


def test_folder_instead_of_a_script(orthanc: Any, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    orthanc(tmp_path / "folder.py", starts=False)


@pytest.mark.parametrize("name", ["script.txt", "script"])
def test_wrong_suffix(orthanc: Any, name: str) -> None:
    server = orthanc(PING, name=name, starts=False)
    assert ".py" in server.log


@pytest.mark.runtime_only
def test_script_named_orthanc(orthanc: Any) -> None:
    server = orthanc(PING, name="orthanc.py", starts=False)
    assert "orthanc.py" in server.log


@pytest.mark.runtime_only
@pytest.mark.parametrize("ours_first", [True, False], ids=["ours first", "reference first"])
def test_both_plugins(orthanc: Any, ours_first: bool) -> None:
    plugins = [plugin_under_test(), REFERENCE_PLUGIN]
    server = orthanc(PING, plugins=plugins if ours_first else plugins[::-1], starts=False)
    assert REFERENCE_PLUGIN.name in server.log.split("Loading plugin(s) from")[-1]


@pytest.mark.runtime_only
def test_the_same_plugin_by_two_paths(orthanc: Any, tmp_path: Path) -> None:
    copy = tmp_path / "libOther.so"
    copy.write_bytes(plugin_under_test().read_bytes())
    orthanc(PING, plugins=[plugin_under_test(), copy], starts=False)
