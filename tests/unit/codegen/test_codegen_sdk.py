# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions about the installed SDK header."""

from __future__ import annotations

from pathlib import Path

import pytest
from codegen.__main__ import main
from codegen.coverage import coverage_page
from codegen.names import without_prefix
from codegen.parse import parse_header
from codegen.resolve import resolve
from codegen.sdk_history import CLASSES, ENUMERATIONS, FUNCTIONS
from codegen.sdk_overrides import SDK_OVERRIDES
from codegen.surface import Status, Surface

HEADER = Path("/usr/include/orthanc/OrthancCPlugin.h")

pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(not HEADER.is_file(), reason="orthanc-dev is not installed"),
]


@pytest.fixture(scope="module")
def sdk(compiler_include: Path) -> Surface:
    return resolve(parse_header(HEADER, compiler_include), SDK_OVERRIDES)


def test_rules_wrap_most_of_it(sdk: Surface) -> None:
    by_rule = [account for account in sdk.accounts if account.status is Status.RULE]
    assert len(by_rule) >= 120
    assert all(account.reason for account in sdk.accounts if account.status is Status.INTERNAL)


def test_no_name_is_bound_twice(sdk: Surface) -> None:
    names = [binding.name for binding in sdk.functions]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "signature",
    [
        "RestApiGet(uri: str, /) -> bytes",
        "RestApiPost(uri: str, body: str | Buffer | None, /) -> bytes",
        "RestApiDelete(uri: str, /) -> None",
        "LookupPatient(patientID: str, /) -> str",
        "CheckVersion() -> int",
        "GenerateRestApiAuthorizationToken() -> str",
        "DecodeDicomImage(buffer: str | Buffer, frameIndex: int, /) -> Image",
        "LookupDictionary(name: str, /) -> dict[str, int]",
    ],
)
def test_functions_that_scripts_rely_on(sdk: Surface, signature: str) -> None:
    assert signature in {binding.signatures[0] for binding in sdk.functions}


def test_outputs_and_instances_have_their_methods(sdk: Surface) -> None:
    methods = {bound.name: {method.name for method in bound.methods} for bound in sdk.classes}
    assert {"AnswerBuffer", "Redirect", "SetCookie", "SendHttpStatus"} <= methods["RestOutput"]
    assert {"GetInstanceJson", "GetInstanceData"} <= methods["DicomInstance"]
    assert {"GetImageBuffer", "ConvertPixelFormat"} <= methods["Image"]


def test_names_of_newer_sdks_are_those_of_python(sdk: Surface) -> None:
    since = dict(sdk.since)
    assert since["CreateKeysValuesIterator"] == (1, 12, 8)
    assert since["KeysValuesIterator.KeysValuesIteratorNext"] == (1, 12, 8)
    assert not {"KeysValuesIteratorNext", "FreeKeysValuesIterator"} & set(since)


def test_the_command_writes_its_files(tmp_path: Path, compiler_include: Path) -> None:
    arguments = ["--header", str(HEADER), "--compiler-include", str(compiler_include)]
    assert main([*arguments, "--output", str(tmp_path)]) == 0
    written = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    assert written == {
        "calls.cpp",
        "classes.cpp",
        "functions.cpp",
        "orthanc-stubs/__init__.pyi",
        "sdk.py",
    }


def test_the_command_prints_the_coverage(
    compiler_include: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--header", str(HEADER), "--compiler-include", str(compiler_include)]
    assert main([*arguments, "--coverage"]) == 0
    assert "wrapped by rule" in capsys.readouterr().out


def test_a_wrong_compiler_directory_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--header", str(HEADER), "--compiler-include", str(tmp_path), "--coverage"])
    assert "no stddef.h" in capsys.readouterr().err


def test_the_history_is_that_of_the_header(compiler_include: Path) -> None:
    header = parse_header(HEADER, compiler_include)
    present = {without_prefix(f.name) for f in header.functions}
    present |= {without_prefix(e.name) for e in header.enumerations}
    present |= {without_prefix(s.name) for s in header.opaque_structs}
    history = {**FUNCTIONS, **CLASSES, **ENUMERATIONS}
    assert {name for name in history if name in present} == {
        name for name, since in history.items() if since <= header.version
    }


def test_what_is_newer_is_listed_by_its_name_in_python(sdk: Surface) -> None:
    since = dict(sdk.since)
    assert since["StoreKeyValue"] == (1, 12, 8)
    assert since["StableStatus"] == (1, 12, 9)
    assert "RegisterDatabaseBackendV4" not in since
    methods = {f"{bound.name}.{method.name}" for bound in sdk.classes for method in bound.methods}
    if sdk.version >= (1, 12, 6):
        assert "RestOutput.SendStreamChunk" in since.keys() & methods


def test_the_page_of_the_docs_is_fresh(sdk: Surface) -> None:
    """Written by ``make coverage-sdk``; the header of any release gives the same text."""
    page = Path(__file__).parents[3] / "docs" / "sdk-coverage.md"
    assert page.read_text(encoding="utf-8") == coverage_page(sdk, SDK_OVERRIDES)
