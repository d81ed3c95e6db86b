# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What mypy says about scripts, in a folder that knows nothing of this project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit
pytest.importorskip("mypy")

HANDLERS = """
from typing import Any, Unpack

import orthanc
from orthanc_runtime import FilteredRequest, RestRequest, offload, on_worker_start

def typed(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    reveal_type(request["method"])
    reveal_type(request["groups"])
    if "get" in request:
        output.AnswerBuffer(request["get"]["a"], "text/plain")
    output.AnswerBuffer(request.get("body", b""), "text/plain")

def loose(output: orthanc.RestOutput, uri: str, **request: Any) -> None: ...
def untyped(output, uri, **request): ...  # type: ignore[no-untyped-def]
def picking(
    output: orthanc.RestOutput, uri: str, groups: tuple[str, ...], **request: object
) -> None: ...

@offload(timeout=5)
def offloaded(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None: ...

class Handler:
    def method(
        self, output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]
    ) -> None: ...

for handler in (typed, loose):
    orthanc.RegisterRestCallback("/x", handler)
orthanc.RegisterRestCallback("/x", untyped)
orthanc.RegisterRestCallback("/x", picking)
orthanc.RegisterRestCallback("/x", offloaded)
orthanc.RegisterRestCallback("/x", Handler().method)
def local(uri: str, **request: Unpack[FilteredRequest]) -> bool:
    return request["ip"] == "127.0.0.1" and "a" not in request.get("get", {})

def loose_filter(uri: str, method: orthanc.HttpMethod, **request: Any) -> bool:
    return method == orthanc.HttpMethod.GET

orthanc.RegisterIncomingHttpRequestFilter(local)
orthanc.RegisterIncomingHttpRequestFilter(loose_filter)
orthanc.RegisterRestCallback(
    "/x", lambda output, uri, **request: output.AnswerBuffer(uri, "text/plain"))

@offload
def scaled(values: list[float], factor: float = 1.0, *, name: str) -> dict[str, float]:
    return {name: sum(values) * factor}

@offload(timeout=5)
def counted(text: str) -> int:
    return len(text)

@on_worker_start
def prepare() -> None: ...

reveal_type(scaled)
reveal_type(scaled([1.0], 2, name="x"))
reveal_type(counted("x"))
reveal_type(scaled.__wrapped__)
reveal_type(prepare)
"""
REVEALED = [
    "Literal['GET'] | Literal['POST'] | Literal['PUT'] | Literal['DELETE']",
    "tuple[str, ...]",
    "Offloaded[[values: list[float], factor: float =, *, name: str], dict[str, float]]",
    "dict[str, float]",
    "int",
    "def (values: list[float], factor: float =, *, name: str) -> dict[str, float]",
    "def ()",
]
WRONG = {
    "orthanc.LogWarning(5)": 'incompatible type "int"; expected "str"',
    "orthanc.RestApiGett('/x')": 'Module has no attribute "RestApiGett"',
    "orthanc.RestApiGet(uri='/x')": 'Unexpected keyword argument "uri"',
    "length: str = orthanc.RestApiGet('/x')": 'expression has type "bytes"',
    "scaled(['x'], name='x')": 'List item 0 has incompatible type "str"',
    "scaled([1.0])": 'Missing named argument "name"',
    "text: str = counted('x')": 'expression has type "int"',
    "offload(5)": "No overload variant",
    "orthanc.RegisterRestCallback('/x', counted)": "incompatible type",
    "orthanc.RegisterRestCallback('/x', prepare)": "incompatible type",
    "def f(o: orthanc.RestOutput, u: str, **r: Unpack[RestRequest]) -> None: r['bdy']": "no key",
    "def i(u: str, **r: Unpack[FilteredRequest]) -> bool: return r['body'] == b''": "no key",
    "def g(o: orthanc.RestOutput, u: str) -> None: ...\northanc.RegisterRestCallback('/x', g)": (
        "incompatible type"
    ),
    "def h(uri: str, **r: object) -> None: ...\northanc.RegisterIncomingHttpRequestFilter(h)": (
        "incompatible type"
    ),
    "def change(kind: str) -> None: ...\northanc.RegisterOnChangeCallback(change)": (
        "incompatible type"
    ),
}


def run_mypy(folder: Path, source: str) -> tuple[str, int]:
    """In a folder of its own; ``orthanc`` comes from the installed stubs."""
    (folder / "script.py").write_text(source)
    package = Path(__file__).resolve().parents[2] / "build"
    (tree,) = {path.parents[1] for path in package.glob("cp*/python/orthanc_runtime/build.py")}
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "script.py"],
        cwd=folder,
        # an editable installation is found by an import hook, which mypy does not run
        env={**os.environ, "MYPYPATH": str(tree)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


def test_signatures_are_kept(folder: Path) -> None:
    output, status = run_mypy(folder, HANDLERS)
    assert status == 0, output
    revealed = [line for line in output.splitlines() if "Revealed type is" in line]
    types = [line.split('"', 1)[1].rsplit('"', 1)[0].replace("builtins.", "") for line in revealed]
    # releases of mypy write defaults differently
    plain = [each.replace("orthanc_runtime.offload.", "").replace("= ...", "=") for each in types]
    assert plain == REVEALED


def test_wrong_uses_are_found(folder: Path) -> None:
    lines = len(HANDLERS.splitlines())
    source, expected = HANDLERS, []
    for wrong, message in WRONG.items():
        source += wrong + "\n"
        lines += len(wrong.splitlines())
        expected.append((lines, message))
    output, status = run_mypy(folder, source)
    assert status == 1, output
    for line, message in expected:
        found = [
            each for each in output.splitlines() if each.startswith(f"script.py:{line}: error")
        ]
        assert any(message in each for each in found), (line, message, output)
