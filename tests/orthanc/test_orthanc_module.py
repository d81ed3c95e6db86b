# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated orthanc module: names, enumerations, exception, return types."""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from sdk_session import SCRIPT, evaluate
from server import OrthancServer

pytestmark = pytest.mark.orthanc


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT)
    return started


@pytest.fixture(scope="module")
def instance(server: OrthancServer) -> str:
    return server.upload(dicom_bytes("CT_small.dcm"))


@pytest.mark.runtime_only
def test_module_has_the_functions_of_the_sdk(server: OrthancServer) -> None:
    functions = "len([n for n in dir(orthanc) if callable(getattr(orthanc, n))])"
    assert evaluate(server, functions)["value"] >= 77
    for name in ["RegisterRestCallback", "RestApiGet", "LookupInstance", "CreateImage", "LogInfo"]:
        assert evaluate(server, f"callable(orthanc.{name})")["value"]


@pytest.mark.runtime_only
def test_functions_have_docstrings(server: OrthancServer) -> None:
    assert "REST API" in evaluate(server, "orthanc.RestApiGet.__doc__")["value"]


@pytest.mark.runtime_only
def test_enumerations_are_int_enums(server: OrthancServer) -> None:
    assert evaluate(server, "issubclass(orthanc.ChangeType, enum.IntEnum)")["value"]
    assert evaluate(server, "orthanc.ChangeType(3).name")["value"] == "NEW_INSTANCE"
    assert evaluate(server, "len(orthanc.ErrorCode) > 50")["value"]
    assert evaluate(server, "orthanc.ErrorCode(17).name")["value"] == "UNKNOWN_RESOURCE"


@pytest.mark.runtime_only
def test_enumeration_member_pickles_as_an_int(server: OrthancServer) -> None:
    """So that it can be read where there is no orthanc module."""
    pickled = "pickle.loads(pickle.dumps(orthanc.ChangeType.NEW_INSTANCE))"
    assert evaluate(server, pickled) == {"type": "int", "value": 3}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("ChangeType.NEW_INSTANCE", 3),
        ("ErrorCode.UNKNOWN_RESOURCE", 17),
        ("ResourceType.INSTANCE", 3),
        ("PixelFormat.GRAYSCALE16", 2),
        ("InstanceOrigin.REST_API", 3),
        ("ValueRepresentation.UN", 25),
    ],
)
def test_values_of_members(server: OrthancServer, member: str, value: int) -> None:
    assert evaluate(server, f"int(orthanc.{member})")["value"] == value


def test_exception(server: OrthancServer) -> None:
    error = evaluate(server, "orthanc.RestApiGet('/instances/nope')")
    assert error == {
        "error": "OrthancException",
        "args": ["17", "Unknown resource"],
        "code": 17,
    }
    text = "str(orthanc.OrthancException(17, 'Unknown resource'))"
    assert evaluate(server, text)["value"] == "(17, 'Unknown resource')"
    assert evaluate(server, "orthanc.OrthancException.__module__")["value"] == "orthanc"
    assert evaluate(server, "issubclass(orthanc.OrthancException, ValueError)")["value"] is False


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("orthanc.RestApiGet('x')", 12),
        ("orthanc.RestApiPost('/tools/find', 'junk')", 8),
        ("orthanc.RestApiGet('/evaluate')", 17),
        ("orthanc.RestApiDelete('/instances/nope')", 17),
        ("orthanc.GetDicomForInstance('nope')", 17),
        ("orthanc.ReadFile('/nowhere/nothing')", 2006),
        ("orthanc.SetGlobalProperty(5, 'x')", 26),
        ("orthanc.HttpGet('http://127.0.0.1:1/', '', '')", 9),
    ],
)
def test_error_codes(server: OrthancServer, expression: str, code: int) -> None:
    error = evaluate(server, expression)
    assert error["error"] == "OrthancException"
    assert error["code"] == code


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("orthanc.RestApiGet('/system')", "bytes"),
        ('orthanc.RestApiPost(\'/tools/find\', \'{"Level":"Patient","Query":{}}\')', "bytes"),
        ("orthanc.RestApiPost('/tools/lookup', bytearray(b'x'))", "bytes"),
        ("orthanc.RestApiPut('/changes', b'')", "OrthancException"),
        ("orthanc.GetConfiguration()", "str"),
        ("orthanc.GetOrthancPath()", "str"),
        ("orthanc.GetOrthancDirectory()", "str"),
        ("orthanc.GetConfigurationPath()", "str"),
        ("orthanc.GenerateUuid()", "str"),
        ("orthanc.GenerateRestApiAuthorizationToken()", "str"),
        ("orthanc.ComputeMd5(b'x')", "str"),
        ("orthanc.ComputeSha1(b'x')", "str"),
        ("orthanc.AutodetectMimeType('a.pdf')", "str"),
        ("orthanc.GetErrorDescription(orthanc.ErrorCode.PLUGIN)", "str"),
        ("orthanc.GetCommandLineArgument(0)", "str"),
        ("orthanc.GetGlobalProperty(2000, 'default')", "str"),
        ("orthanc.GetTagName(0x10, 0x20, '')", "str"),
        ("orthanc.GetExpectedDatabaseVersion()", "int"),
        ("orthanc.LogInfo('x')", "NoneType"),
        ("orthanc.SetGlobalProperty(2000, 'x')", "NoneType"),
        ("orthanc.LookupDictionary('PatientName')", "dict"),
        ("orthanc.CreateImage(orthanc.PixelFormat.GRAYSCALE8, 4, 2)", "Image"),
    ],
)
def test_return_types(server: OrthancServer, expression: str, kind: str) -> None:
    seen = evaluate(server, expression)
    assert seen.get("type", seen.get("error")) == kind, seen


def test_lookups(server: OrthancServer, instance: str) -> None:
    tags = f"json.loads(orthanc.RestApiGet('/instances/{instance}/simplified-tags'))"
    lookup = f"orthanc.LookupInstance({tags}['SOPInstanceUID'])"
    assert evaluate(server, lookup) == {"type": "str", "value": instance}
    for level in ["Patient", "Study", "Series", "Instance"]:
        missing = evaluate(server, f"orthanc.Lookup{level}('nope')")
        assert (missing["error"], missing["code"]) == ("OrthancException", -1)


def test_lookup_dictionary(server: OrthancServer) -> None:
    entry = evaluate(server, "orthanc.LookupDictionary('PatientID')")["value"]
    assert (entry["Group"], entry["Element"]) == (0x10, 0x20)
    assert set(entry) == {
        "Group",
        "Element",
        "ValueRepresentation",
        "MinMultiplicity",
        "MaxMultiplicity",
    }


@pytest.mark.parametrize(
    "expression",
    [
        "orthanc.RestApiGet()",
        "orthanc.RestApiGet(5)",
        "orthanc.RestApiPost('/tools/find', {})",
        "orthanc.LogWarning(5)",
        "orthanc.LookupDictionary('nope')",
        "orthanc.CreateImage(1.5, 4, 2)",
        "orthanc.GenerateUuid(1)",
        "orthanc.LogInfo(message='x')",
    ],
)
def test_wrong_arguments_are_type_errors(server: OrthancServer, expression: str) -> None:
    assert evaluate(server, expression)["error"] == "TypeError"


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("orthanc.RestApiGet()", "RestApiGet(): expected RestApiGet(uri: str, /)"),
        ("orthanc.LogInfo(message='x')", "LogInfo(message=str): expected LogInfo(message: str, /)"),
        (
            "orthanc.RestApiPost('/tools/find', {'PatientName': 'of a patient'})",
            "RestApiPost(str, dict): expected RestApiPost(uri: str, body: str | Buffer | None, /)",
        ),
    ],
)
def test_a_type_error_tells_types_and_not_values(
    server: OrthancServer, expression: str, text: str
) -> None:
    assert evaluate(server, expression) == {"error": "TypeError", "args": [text]}


@pytest.mark.runtime_only
@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("orthanc.CreateImage(orthanc.PixelFormat.GRAYSCALE8, -1, 2)", "OverflowError"),
        ("orthanc.CreateImage(orthanc.PixelFormat.GRAYSCALE8, 2**32, 2)", "OverflowError"),
        ("orthanc.DecodeDicomImage(b'', 2**70)", "OverflowError"),
        ("orthanc.RestApiGet('/system\\0/more')", "ValueError"),
        ("orthanc.LogWarning('cut\\0here')", "ValueError"),
        ("orthanc.RestApiPost('/tools/find', memoryview(BEYOND))", "ValueError"),
        ("orthanc.HttpGet('http://127.0.0.1:1/\\0', '', '')", "ValueError"),
    ],
)
def test_what_the_sdk_would_cut_off_raises(
    server: OrthancServer, expression: str, error: str
) -> None:
    assert evaluate(server, expression)["error"] == error


def test_metadata_by_put_and_delete(server: OrthancServer, instance: str) -> None:
    uri = f"/instances/{instance}/metadata/2000"
    assert evaluate(server, f"orthanc.RestApiPut('{uri}', 'hello')") == {
        "type": "bytes",
        "value": "",
    }
    assert evaluate(server, f"orthanc.RestApiGet('{uri}')")["value"] == "hello"
    assert evaluate(server, f"orthanc.RestApiDelete('{uri}')")["value"] is None
    assert evaluate(server, f"orthanc.RestApiGet('{uri}')")["code"] == 17


@pytest.mark.runtime_only
def test_an_unknown_name_suggests_another_one(server: OrthancServer) -> None:
    error = evaluate(server, "orthanc.RestApiGett")
    assert error["error"] == "AttributeError"
    assert error["args"] == [
        "module 'orthanc' has no attribute 'RestApiGett'; did you mean 'RestApiGet'?"
    ]
