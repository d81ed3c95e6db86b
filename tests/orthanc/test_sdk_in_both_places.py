# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same calls of the SDK in the master and in a worker: the same values and errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from both_places import REGISTER
from dicom_files import dicom_bytes
from sdk_session import SCRIPT
from server import OrthancServer

from orthanc_runtime import sdk

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

PIXELS = "bytes(range(8))"
IMAGE = f"orthanc.CreateImageFromBuffer(orthanc.PixelFormat.GRAYSCALE8, 4, 2, 4, {PIXELS})"
PIXELS_OF = "(lambda a: [a.tolist(), a.shape, a.strides, str(a.dtype)])(__import__('numpy').asarray"
INSTANCE = "orthanc.CreateDicomInstance(body)"
MATCHER = 'orthanc.CreateFindMatcher(orthanc.CreateDicom(\'{"PatientID": "1CT1"}\', None, 0))'
UNIQUE = "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"

SAME = [
    # text
    "orthanc.AutodetectMimeType('a/b.html')",
    "orthanc.AutodetectMimeType('a/b.unknown-ending')",
    "orthanc.ComputeMd5(b'x\\0y')",
    "orthanc.ComputeMd5('gr\\u00fcn')",
    "orthanc.ComputeSha1(memoryview(b'abc')[1:])",
    "orthanc.GetErrorDescription(orthanc.ErrorCode.UNKNOWN_RESOURCE)",
    "orthanc.GetErrorDescription(17)",
    "orthanc.GetTagName(0x10, 0x10, None)",
    "orthanc.GetTagName(0x10, 0x10, '')",
    "orthanc.GetGlobalProperty(1042, 'default')",
    "[orthanc.SetGlobalProperty(1043, 'gr\\u00fcn'), orthanc.GetGlobalProperty(1043, '')]",
    # numbers
    "orthanc.CheckVersion()",
    "orthanc.CheckVersionAdvanced(99, 0, 0)",
    "orthanc.GetExpectedDatabaseVersion()",
    "orthanc.GetFontsCount()",
    "orthanc.GetFontName(0)",
    "orthanc.GetFontName(9999)",
    "orthanc.GetFontSize(0)",
    "orthanc.GetCommandLineArgumentsCount()",
    "orthanc.GetCommandLineArgument(0)",
    "orthanc.GetCommandLineArgument(99)",
    "orthanc.SetMetricsValue('from_both_places', 1.5, orthanc.MetricsType.DEFAULT)",
    "orthanc.SetMetricsValue('from_both_places', 2, 0)",
    # the index
    "orthanc.LookupPatient('1CT1')",
    "orthanc.LookupPatient('nobody')",
    f"orthanc.LookupInstance('{UNIQUE}')",
    "orthanc.LookupStudyWithAccessionNumber('')",
    "orthanc.LookupDictionary('PatientID')",
    "orthanc.LookupDictionary('PatientID')['ValueRepresentation'].name",
    "orthanc.LookupDictionary('NoSuchTag')",
    "orthanc.LookupDictionary(5)",
    # REST
    "json.loads(orthanc.RestApiGet('/patients'))",
    "orthanc.RestApiGet2('/instances', {'Accept': 'application/json'}, 0)",
    "orthanc.RestApiGet('/nope')",
    "orthanc.RestApiPost('/tools/lookup', None)",
    "orthanc.RestApiPost('/tools/lookup', '1CT1')",
    "orthanc.CallRestApi(0, '/tools/lookup', None, None, 0)",
    "orthanc.CallRestApi(1, '/tools/lookup', {'a': 'b'}, '1CT1', 1)",
    # DICOM
    "json.loads(orthanc.DicomBufferToJson(body, 1, 0, 0))['0010,0020']",
    "orthanc.DicomBufferToJson(b'junk', orthanc.DicomToJsonFormat.FULL, 0, 0)",
    "json.loads(orthanc.DicomInstanceToJson(ID, 2, 0, 0))['PatientID']",
    "orthanc.DicomInstanceToJson('nope', 2, 0, 0)",
    "orthanc.GetDicomForInstance(ID)",
    "orthanc.GetDicomForInstance('nope')",
    'orthanc.CreateDicom(\'{"PatientID": "x"}\', None, 0)[128:132]',
    f"len(orthanc.CreateDicom('{{}}', {IMAGE}, 0))",
    "orthanc.CreateDicom('no json', None, 0)",
    f"{INSTANCE}",
    f"{INSTANCE}.GetInstanceSize()",
    f"{INSTANCE}.GetInstanceData()",
    f"{INSTANCE}.GetInstanceOrigin()",
    f"{INSTANCE}.GetInstanceOrigin().name",
    f"{INSTANCE}.GetInstanceFramesCount()",
    f"{INSTANCE}.HasInstancePixelData()",
    f"{INSTANCE}.GetInstanceTransferSyntaxUid()",
    f"json.loads({INSTANCE}.GetInstanceSimplifiedJson())['PatientID']",
    f"json.loads({INSTANCE}.GetInstanceJson())['0010,0020']",
    f"json.loads({INSTANCE}.GetInstanceAdvancedJson(2, 0, 0))['PatientID']",
    f"{INSTANCE}.GetInstanceRawFrame(0)",
    f"{INSTANCE}.GetInstanceRawFrame(7)",
    f"{INSTANCE}.GetInstanceDecodedFrame(0).GetImageBuffer()",
    f"{INSTANCE}.GetInstanceDecodedFrame(7)",
    f"{INSTANCE}.SerializeDicomInstance()",
    f"{INSTANCE}.GetInstanceMetadata('x')",
    "orthanc.CreateDicomInstance(b'junk')",
    "orthanc.TranscodeDicomInstance(body, '1.2.840.10008.1.2.1').GetInstanceTransferSyntaxUid()",
    "orthanc.TranscodeDicomInstance(body, 'nonsense')",
    f"{MATCHER}.FindMatcherIsMatch(body)",
    f"{MATCHER}.IsMatch(body)",
    f"{MATCHER}.IsMatch(b'junk')",
    "json.loads(orthanc.EncodeDicomWebJson(body))['00100020']",
    "json.loads(orthanc.EncodeDicomWebJson2(body, None))['00100020']",
    "orthanc.EncodeDicomWebXml(dicom=body)[:200]",
    "orthanc.EncodeDicomWebXml2(body, callback=None)[:200]",
    "orthanc.EncodeDicomWebJson(b'junk')",
    "orthanc.EncodeDicomWebJson()",
    f"json.loads({INSTANCE}.GetInstanceDicomWebJson())['00100020']",
    f"{INSTANCE}.GetInstanceDicomWebXml(None)[:200]",
    # images and compression
    "orthanc.DecodeDicomImage(body, 0).GetImageWidth()",
    f"{IMAGE}",
    f"{IMAGE}.GetImageBuffer()",
    f"{IMAGE}.GetImageHeight()",
    f"__import__('numpy').asarray({IMAGE}).tolist()",
    "__import__('numpy').asarray(orthanc.CreateImage(7, 3, 2)).strides",
    f"{IMAGE}.GetImagePitch()",
    f"{IMAGE}.GetImagePixelFormat()",
    f"{IMAGE}.ConvertPixelFormat(orthanc.PixelFormat.GRAYSCALE16).GetImageBuffer()",
    f"{IMAGE}.DrawText(0, 'x', -1, 0, 255, 255, 255)",
    f"{IMAGE}.DrawText(9999, 'x', 0, 0, 0, 0, 0)",
    "orthanc.CreateImageFromBuffer(2, 4, 2, 4, b'short')",
    "orthanc.CreateImageFromBuffer(1, 4, 2, 4, b'short')",
    "orthanc.CreateImageFromBuffer(99, 4, 2, 4, bytes(8))",
    "orthanc.CreateImage(1, 2, 3).GetImageBuffer()",
    "orthanc.CreateImage(1, 65536, 65537)",
    f"{IMAGE}.ConvertPixelFormat(99)",
    f"orthanc.CompressPngImage(orthanc.PixelFormat.GRAYSCALE8, 4, 2, 4, {PIXELS})",
    f"orthanc.CompressJpegImage(2, 4, 2, 4, {PIXELS}, 90)[:2]",
    "orthanc.CompressPngImage(2, 4, 2, 4, b'')",
    "orthanc.CompressPngImage(2, 2**31, 2**31, 2**32 - 1, b'')",
    "orthanc.CompressPngImage(999, 4, 2, 4, b'12345678')",
    "orthanc.CreateImage(2, 5, 2).GetImageBuffer()",
    "orthanc.CreateImage(2, 2**31, 2**31)",
    "orthanc.CreateImage(2, 0, 0).GetImageBuffer()",
    "orthanc.CreateImage(2, 60000, 60000).ConvertPixelFormat(orthanc.PixelFormat.RGB48)",
    f"{IMAGE}.ConvertPixelFormat(999)",
    f"{PIXELS_OF}({IMAGE}))",
    f"{PIXELS_OF}(orthanc.CreateImage(orthanc.PixelFormat.RGB24, 3, 2)))",
    f"{PIXELS_OF}({IMAGE}.ConvertPixelFormat(orthanc.PixelFormat.GRAYSCALE16)))",
    "orthanc.UncompressImage(b'junk', orthanc.ImageFormat.PNG)",
    "orthanc.BufferCompression(b'abc' * 1000, 0, 0)",
    "orthanc.BufferCompression(orthanc.BufferCompression(b'abc', 1, 0), 1, 1)",
    "orthanc.BufferCompression(b'junk', 0, 1)",
    "len(orthanc.CreateMemoryBuffer(16))",
    # peers, files, other servers
    "orthanc.GetPeers().GetPeersCount()",
    "orthanc.GetPeers().GetPeerName(0)",
    "orthanc.GetPeers().GetPeerUrl(0)",
    "orthanc.GetPeers().GetPeerName(9)",
    "orthanc.GetPeers().GetPeerUserProperty(0, 'colour')",
    "orthanc.GetPeers().GetPeerUserProperty(0, 'size')",
    "orthanc.GetPeers().CallPeerApi(0, orthanc.HttpMethod.GET, '/system', None, None, 5)[0][:1]",
    "orthanc.GetPeers().CallPeerApi(9, 0, '/system', None, None, 5)",
    "orthanc.HttpGet('http://127.0.0.1:1/', None, None)",
    "orthanc.HttpGet(URL + '/tools/now', 'user', 'wrong') != b''",
    "orthanc.HttpClient(0, URL + '/patients', None, None, None, None, 5, None, None, None, 0)[::2]",
    "orthanc.ReadFile('/proc/version')",
    "orthanc.ReadFile('/no/such/file')",
    "orthanc.WriteFile(PATH, b'written\\0')",
    "[orthanc.WriteFile(PATH, b'a\\0b'), orthanc.ReadFile(PATH)]",
    # wrong calls
    "orthanc.LookupPatient()",
    "orthanc.LookupPatient('a', 'b')",
    "orthanc.LookupPatient(patientID='a')",
    "orthanc.LookupPatient(5)",
    "orthanc.LookupPatient('a\\0b')",
    "orthanc.ComputeMd5(5)",
    "orthanc.ComputeMd5(memoryview(b'abcd')[::2])",
    "orthanc.GetFontName(-1)",
    "orthanc.GetFontName(2**32)",
    "orthanc.GetFontName(1.5)",
    "orthanc.GetTagName(2**16, 0, None)",
    "orthanc.SetMetricsValue('x', 'y', 0)",
    "orthanc.RestApiGet2('/instances', {'a': 5}, 0)",
    "orthanc.RestApiGet2('/instances', 5, 0)",
    "orthanc.CreateDicom('{}', 5, 0)",
    f"orthanc.CreateDicom('{{}}', {INSTANCE}, 0)",
    f"{IMAGE}.GetImageWidth(1)",
    f"{IMAGE}.ConvertPixelFormat('x')",
    "orthanc.Image()",
    "orthanc.DicomInstance(5)",
    f"__import__('pickle').dumps({IMAGE})",
]
NEWER = [
    pytest.param(expression, marks=pytest.mark.sdk(*since))
    for since, expressions in {
        (1, 12, 4): [
            "orthanc.LogMessage('said', 'script', 'file.py', 5, orthanc.LogCategory.GENERIC, "
            "orthanc.LogLevel.WARNING)",
            "orthanc.LogMessage('said')",
        ],
        (1, 12, 8): [
            "orthanc.AdoptDicomInstance(b'no DICOM', None)",
            "orthanc.AdoptDicomInstance(5, None)",
        ],
        (1, 12, 9): [
            "[orthanc.SetStableStatus(orthanc.LookupPatient('1CT1'), s) for s in (0, 1, 1)]",
            "orthanc.SetStableStatus('nope', orthanc.StableStatus.STABLE)",
            "orthanc.SetStableStatus(5, 1)",
            "orthanc.EmitAuditLog('script', 'user', orthanc.ResourceType.STUDY, 'id', 'a', b'x')",
            "orthanc.EmitAuditLog('script', 'user', orthanc.ResourceType.STUDY, 'id', 'a', None)",
            "orthanc.EmitAuditLog('script')",
        ],
    }.items()
    for expression in expressions
]


@pytest.fixture(scope="module")
def server(shared_orthanc: Any, tmp_path_factory: pytest.TempPathFactory) -> OrthancServer:
    path = tmp_path_factory.mktemp("written") / "file"
    script = f"{SCRIPT}\n{REGISTER}\nregister('/evaluate', evaluate)\nPATH = {str(path)!r}\n"
    config = {
        "Python": {"Workers": 1},
        "OrthancPeers": {"peer": {"Url": "http://127.0.0.1:1/", "colour": "red"}},
    }
    started: OrthancServer = shared_orthanc(script, config=config)
    return started


@pytest.fixture(scope="module")
def identifier(server: OrthancServer) -> str:
    return str(server.upload(dicom_bytes("CT_small.dcm")))


def evaluate(server: OrthancServer, place: str, expression: str) -> dict[str, Any]:
    body = dicom_bytes("CT_small.dcm")
    answer = server.post(f"{place}/evaluate", body, headers={"Expression": expression})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.text)
    return found


@pytest.mark.parametrize("expression", [*SAME, *NEWER])
def test_same_value_or_error(server: OrthancServer, identifier: str, expression: str) -> None:
    named = expression.replace("ID)", f"{identifier!r})").replace("ID,", f"{identifier!r},")
    named = named.replace("URL", repr(server.url))
    in_master = evaluate(server, "/master", named)
    assert evaluate(server, "/worker", named) == in_master
    assert in_master.get("error") not in ("NameError", "SyntaxError", "AttributeError"), in_master


@pytest.mark.parametrize(
    "expression",
    [
        "orthanc.EncodeDicomWebJson(body, print)",
        f"{INSTANCE}.GetInstanceDicomWebXml(callback=print)",
    ],
)
def test_a_callback_is_refused(server: OrthancServer, expression: str) -> None:
    assert evaluate(server, "/worker", expression)["error"] == "NotInWorker"


def test_each_function_is_there(server: OrthancServer) -> None:
    """What a worker lacks is what takes a callback, and the answer to a request."""
    absent = "lambda f: 'absent' in f.__code__.co_name if hasattr(f, '__code__') else False"
    names = sorted({*sdk.CALLS, "CreateImageFromBuffer", "LookupDictionary"})
    paths = [f"orthanc.{name}" for name in names]
    found = evaluate(server, "/worker", f"list(map({absent}, [{', '.join(paths)}]))")
    assert found["value"] == [False] * len(paths)
