# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOMweb encodings, whose binary tags a function of the script may write."""

from __future__ import annotations

import base64
import io
import json
import struct
from typing import Any
from xml.etree import ElementTree

import pydicom
import pytest
import sdk_session
from launcher import Launcher
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from server import OrthancServer
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = (
    sdk_session.SCRIPT
    + r"""
from orthanc import DicomWebBinaryMode as Mode

def encode(function, dicom, how=None):
    asked = []
    def callback(parents, tag, vr):
        asked.append([parents, tag, vr.name])
        return how(tag) if callable(how) else how
    text = function(dicom, callback)
    return [text, asked]

def json_of_instance(dicom, callback=None):
    return orthanc.CreateDicomInstance(dicom).GetInstanceDicomWebJson(callback)

def xml_of_instance(dicom, callback=None):
    return orthanc.CreateDicomInstance(dicom).GetInstanceDicomWebXml(callback)
"""
)
JSON = ["orthanc.EncodeDicomWebJson", "orthanc.EncodeDicomWebJson2", "json_of_instance"]
XML = ["orthanc.EncodeDicomWebXml", "orthanc.EncodeDicomWebXml2", "xml_of_instance"]
PIXELS = "7FE00010"
DOCUMENT = b"the document"


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


@pytest.fixture(scope="module")
def dicom() -> bytes:
    """Pixels, and documents in both items of a sequence, one of them within another sequence."""
    dataset = pydicom.dcmread(io.BytesIO(synthetic_dicom(1, rows=16)))
    first, second, inner = Dataset(), Dataset(), Dataset()
    first.EncapsulatedDocument = inner.EncapsulatedDocument = DOCUMENT
    second.ReferencedImageSequence = Sequence([inner])
    dataset.ReferencedStudySequence = Sequence([first, second])
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def evaluate(server: OrthancServer, expression: str, dicom: bytes) -> Any:
    """The value; the whole answer where the expression raises."""
    answer = sdk_session.evaluate(server, expression, dicom)
    return answer if "error" in answer else answer.get("value")


@pytest.mark.parametrize("function", JSON)
def test_json(server: OrthancServer, dicom: bytes, function: str) -> None:
    dataset = json.loads(evaluate(server, f"{function}(body)", dicom))
    assert dataset["00100020"] == {"vr": "LO", "Value": ["synthetic"]}
    assert PIXELS not in dataset
    text, asked = evaluate(server, f"encode({function}, body, True)", dicom)
    dataset = json.loads(text)
    pixels = dataset[PIXELS]
    assert len(base64.b64decode(pixels["InlineBinary"])) == 256
    items = dataset["00081110"]["Value"]
    assert base64.b64decode(items[0]["00420011"]["InlineBinary"]) == DOCUMENT
    tag, sequence, inner = [0x42, 0x11], [0x8, 0x1110], [0x8, 0x1140]
    assert sorted(asked) == sorted(
        [
            [[[*sequence, 0]], tag, "OB"],
            [[[*sequence, 1], [*inner, 0]], tag, "OB"],
            [[], [0x7FE0, 0x10], pixels["vr"]],
        ]
    )


@pytest.mark.parametrize("function", XML)
def test_xml(server: OrthancServer, dicom: bytes, function: str) -> None:
    def found(text: str) -> dict[str, ElementTree.Element]:
        return {tag.get("tag", ""): tag for tag in ElementTree.fromstring(text)}

    plain = found(evaluate(server, f"{function}(body)", dicom))
    assert "".join(plain["00100020"].itertext()).strip() == "synthetic"
    assert PIXELS not in plain
    [pixels] = found(evaluate(server, f"encode({function}, body, True)", dicom)[0])[PIXELS]
    assert pixels.tag.endswith("InlineBinary")
    assert len(base64.b64decode(pixels.text or "")) == 256


@pytest.mark.parametrize("function", [JSON[0], JSON[2]])
def test_where_binary_tags_are(server: OrthancServer, dicom: bytes, function: str) -> None:
    uri = "lambda tag: '/bulk/%04x%04x' % tag if tag[0] == 0x7fe0 else None"
    dataset = json.loads(evaluate(server, f"encode({function}, body, {uri})", dicom)[0])
    assert dataset[PIXELS]["BulkDataURI"] == "/bulk/7fe00010"
    assert "00420011" not in json.dumps(dataset)
    for how in ("None", "False", "Mode.IGNORE"):
        dataset = json.loads(evaluate(server, f"encode({function}, body, {how})", dicom)[0])
        assert PIXELS not in dataset
    mode = f"encode({function}, body, Mode.INLINE_BINARY)"
    assert "InlineBinary" in json.loads(evaluate(server, mode, dicom)[0])[PIXELS]
    xml = "encode(orthanc.EncodeDicomWebXml, body, lambda tag: '/a?b&c')"
    assert 'BulkData URI="/a?b&amp;c"' in evaluate(server, xml, dicom)[0]


@pytest.mark.sdk(1, 13, 0)
def test_values_as_an_array(server: OrthancServer, dicom: bytes) -> None:
    dataset = pydicom.dcmread(io.BytesIO(dicom))
    dataset.RedPaletteColorLookupTableData = b"\1\0\2\0"
    dataset.DoubleFloatPixelData = struct.pack("<2d", 1, 2.5)
    file = io.BytesIO()
    dataset.save_as(file)
    mode = "lambda tag: Mode.ARRAY_OF_VALUES"
    answer = evaluate(server, f"encode(orthanc.EncodeDicomWebJson, body, {mode})", file.getvalue())
    encoded = json.loads(answer[0])
    assert encoded["00281201"] == {"vr": "OW", "Value": [1, 2]}
    assert encoded["7FE00009"] == {"vr": "OD", "Value": [1, 2.5]}


@pytest.mark.parametrize("function", [JSON[0], XML[0], JSON[2], XML[2]])
@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ("body, lambda *_: 1 / 0", "ZeroDivisionError", "division by zero"),
        ("body, lambda: None", "TypeError", "3 were given"),
        ("body, lambda *_: 5.0", "TypeError", "returns None, True, a str"),
        ("body, lambda *_: b'/uri'", "TypeError", "DicomWebBinaryMode, not bytes"),
        ("body, lambda *_: 'a\\0b'", "ValueError", "NUL"),
        ("body, lambda *_: Mode.BULK_DATA_URI", "ValueError", "the URI of the bulk data itself"),
        ("body, lambda *_: 99", "ValueError", "cannot write the binary tag"),
        ("body, 5", "TypeError", "a callable or None, not int"),
    ],
)
def test_wrong_callbacks(
    server: OrthancServer, dicom: bytes, function: str, arguments: str, error: str, text: str
) -> None:
    found = evaluate(server, f"{function}({arguments})", dicom)
    assert (found["error"], text in found["args"][0]) == (error, True), found


def test_what_is_no_dicom(server: OrthancServer) -> None:
    for function in (*JSON, *XML):
        assert evaluate(server, f"{function}(b'junk')", b"")["error"] == "OrthancException"
    assert evaluate(server, "orthanc.EncodeDicomWebJson(5)", b"")["error"] == "TypeError"
