# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start, as far as it starts no process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from orthanc_runtime import bootstrap, role
from orthanc_runtime.bootstrap import Started
from orthanc_runtime.errors import SettingsError, StartupError
from orthanc_runtime.log_codes import LogCode

pytestmark = pytest.mark.unit

FACTS = {"sdk_version": "1.12.0", "orthanc_version": "1.13.0", "configuration_path": "/etc/x.json"}


class Orthanc(ModuleType):
    def __init__(self) -> None:
        super().__init__("orthanc")
        self.lines: list[str] = []
        self.tokens = 0

    def log(self, code: int, message: bytes, worker: int, handler: str) -> None:
        assert code in list(LogCode)
        assert worker >= 0
        assert isinstance(handler, str)
        self.lines.append(message.decode())

    def GenerateRestApiAuthorizationToken(self) -> str:
        self.tokens += 1
        return f"Bearer {self.tokens}"


@pytest.fixture
def orthanc(monkeypatch: pytest.MonkeyPatch) -> Iterator[Orthanc]:
    fake = Orthanc()
    monkeypatch.setitem(sys.modules, "orthanc", fake)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield fake
    role.install(role.Outside())
    for name in set(sys.modules) - before:
        if name.startswith("started_"):
            del sys.modules[name]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "started_script.py"


def start(script: Path | None = None, **configuration: Any) -> Started:
    if script is not None:
        configuration["PythonScript"] = str(script)
    # The fake of the module takes log lines as the native one does.
    native: Any = sys.modules["orthanc"]
    return bootstrap.start(native, json.dumps(configuration), FACTS)


def test_without_a_script(orthanc: Orthanc) -> None:
    started = start()
    assert started.pools is None
    assert started.shutdown_timeout == 8
    assert any("no script is loaded" in line for line in orthanc.lines)
    assert bootstrap.stop(started, 1)


def test_start_up_lines(orthanc: Orthanc, script: Path) -> None:
    script.write_text("answer = 42\n")
    start(script, Python={"MyOwn": 1})
    text = "\n".join(orthanc.lines)
    for words in (
        "built for SDK 1.12.0, in Orthanc 1.13.0",
        f"prefix {sys.prefix}, executable {sys.executable}",
        "Python.MyOwn",
        f"script {script}",
        "no offloaded handler",
    ):
        assert words in text


def test_nothing_is_asked_of_orthanc_that_is_not_needed(orthanc: Orthanc, script: Path) -> None:
    script.write_text("")
    started = start(script)
    assert orthanc.tokens == 0
    assert started.role is not None
    assert started.role.rest_access().token == "Bearer 1"  # noqa: S105
    assert started.role.rest_access().token == "Bearer 1"  # noqa: S105


@pytest.mark.usefixtures("orthanc")
def test_errors_of_the_script_pass_through(script: Path) -> None:
    for text, error in (
        ("1 / 0", ZeroDivisionError),
        ("raise SystemExit(0)", SystemExit),
        ("def", SyntaxError),
        ("import no_such_module", ImportError),
    ):
        script.write_text(text)
        with pytest.raises(error):
            start(script)


@pytest.mark.usefixtures("orthanc")
def test_wrong_settings_and_scripts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        start(Python={"Workers": {"Count": "many"}})
    with pytest.raises(StartupError, match=r"absent\.py"):
        start(tmp_path / "absent.py")


@pytest.mark.usefixtures("orthanc")
def test_a_second_start_imports_the_script_and_its_modules_afresh(script: Path) -> None:
    beside = script.with_name("started_beside.py")
    beside.write_text("value = 1\n")
    script.write_text("import started_beside\nvalue = started_beside.value\n")
    start(script)
    first = sys.modules["started_script"]
    beside.write_text("value = 'another'\n")
    start(script)
    second = sys.modules["started_script"]
    assert second is not first
    assert second.value == "another"


@pytest.mark.usefixtures("orthanc")
def test_count_0_runs_offloaded_functions_here(script: Path) -> None:
    script.write_text(
        "from orthanc_runtime import offload\n@offload\ndef f(x):\n    return x + 1\n"
    )
    assert start(script, Python={"Workers": 0}).pools is None
    assert sys.modules["started_script"].f(1) == 2


@pytest.mark.usefixtures("orthanc")
def test_an_offloaded_function_called_by_the_script_itself(script: Path) -> None:
    script.write_text("from orthanc_runtime import offload\n@offload\ndef f(): pass\nf()\n")
    with pytest.raises(StartupError, match="f is offloaded"):
        start(script)
