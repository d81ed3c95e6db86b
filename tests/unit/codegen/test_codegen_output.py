# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written: golden files of the made-up header, and type checks of the stubs.

``UPDATE_GOLDEN=1 pytest tests/unit/codegen`` writes the golden files anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from codegen.emit_calls import calls_cpp
from codegen.emit_cpp import classes_cpp, functions_cpp
from codegen.emit_python import docstring_literal, sdk_py
from codegen.emit_stubs import stubs_pyi
from codegen.surface import Surface

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("name", "emit"),
    [
        ("functions.cpp", functions_cpp),
        ("calls.cpp", calls_cpp),
        ("classes.cpp", classes_cpp),
        ("sdk.py", sdk_py),
        ("stubs.pyi", stubs_pyi),
    ],
)
def test_golden(name: str, emit: Callable[[Surface], str], surface: Surface, data: Path) -> None:
    golden = data / f"{name}.golden"
    written = emit(surface)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


def test_generated_python_runs(surface: Surface) -> None:
    source = sdk_py(surface).replace("from .enums", "from orthanc_runtime.enums")
    namespace: dict[str, object] = {"__name__": "sdk"}
    exec(compile(source, "sdk.py", "exec"), namespace)  # noqa: S102
    colour = namespace["Colour"]
    assert isinstance(colour, type)
    assert (colour.__module__, int(colour.RGB24)) == ("orthanc", 16)  # type: ignore[attr-defined]
    assert namespace["SDK_VERSION"] == "1.2.3"
    assert namespace["FUNCTIONS"] == {
        binding.name: binding.signatures for binding in surface.functions
    }


@pytest.mark.parametrize("text", ["one", "two\n\nlines", 'ends with "', 'has """ inside', "a\\b"])
def test_any_text_is_a_docstring(text: str) -> None:
    assert eval(docstring_literal(text, indent="")).strip() == text


USER = """
import orthanc

def bow(visit: orthanc.Visit, lamp: orthanc.Lamp) -> None:
    visit.Bow("x")
    visit.Bow(b"x", 1)
    visit.Wave()
    lamp.Paint(1, 2, 3)

colour: orthanc.Colour = orthanc.CreateLamp(orthanc.Colour.RED, 1.5, None).GetLampColour()
body, headers, status = orthanc.Ask("/", {"a": "b"}, None, None)
length: int = len(body) + status
orthanc.CreateLamp(1, 2, None)
motto: str | None = orthanc.GetMotto()
try:
    orthanc.Fetch("x")
except orthanc.OrthancException as error:
    print(error.args)
"""


@pytest.fixture
def check_types(tmp_path: Path, surface: Surface, monkeypatch: pytest.MonkeyPatch) -> Path:
    stubs = tmp_path / "orthanc-stubs"
    stubs.mkdir()
    (stubs / "__init__.pyi").write_text(stubs_pyi(surface), encoding="utf-8")
    monkeypatch.setenv("MYPYPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    return tmp_path


def run_mypy(folder: Path, source: str) -> tuple[str, int]:
    api = pytest.importorskip("mypy.api")
    user = folder / "user.py"
    user.write_text(source, encoding="utf-8")
    stubs = folder / "orthanc-stubs" / "__init__.pyi"
    options = ["--strict", "--follow-imports=silent", f"--cache-dir={folder / 'cache'}"]
    output, errors, status = api.run([*options, str(stubs), str(user)])
    return output + errors, status


def test_stubs_are_strictly_typed(check_types: Path) -> None:
    output, status = run_mypy(check_types, USER)
    assert status == 0, output


def test_stubs_find_mistakes(check_types: Path) -> None:
    output, status = run_mypy(
        check_types, "import orthanc\northanc.Keep(key='x', value=b'')\northanc.Fetch(5)\n"
    )
    assert status == 1
    assert 'Unexpected keyword argument "key"' in output
    assert 'incompatible type "int"; expected "str"' in output
