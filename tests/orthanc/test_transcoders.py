# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterTranscoderCallback: DICOM files that Python transcodes, JPEG 2000 among them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import dcmtk
import numpy as np
import pydicom
import pytest
from codec_script import SCRIPT, answer, calls
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless
from server import OrthancServer

from orthanc_runtime.testing.server import unused_port

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

REGISTER = 'orthanc.RegisterTranscoderCallback(transcoder("first"))\n'
# Orthanc itself cannot transcode from JPEG 2000
COMPRESSED = "MR_small_jp2klossless.dcm"
PLAIN = "CT_small.dcm"


@pytest.fixture(scope="module")
def started(shared_orthanc: Launcher) -> OrthancServer:
    config = {"Python": {"Workers": 1}, "OverwriteInstances": True}
    return shared_orthanc(SCRIPT + REGISTER, config=config)


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    answer(started)
    yield started
    answer(started)


def modified(server: OrthancServer, name: str, syntax: str) -> pydicom.Dataset | None:
    """The instance, after /modify with this transfer syntax; None where that fails."""
    identifier = server.upload(dicom_bytes(name))
    request = {"Transcode": syntax, "Keep": ["SOPInstanceUID"], "Force": True}
    found = server.session.post(
        f"{server.url}/instances/{identifier}/modify", json=request, timeout=60
    )
    if found.status_code != 200:
        return None
    return pydicom.dcmread(io.BytesIO(found.content))


@pytest.mark.parametrize(
    "returned",
    [
        "plain(dicom)",
        "bytearray(plain(dicom))",
        "memoryview(plain(dicom))",
        "plain_offloaded(dicom, syntaxes, allowed)",
    ],
)
def test_a_real_transcoding(server: OrthancServer, returned: str) -> None:
    assert modified(server, COMPRESSED, ExplicitVRLittleEndian) is None
    answer(server, first=returned)
    found = modified(server, COMPRESSED, ExplicitVRLittleEndian)
    assert found is not None
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    np.testing.assert_array_equal(
        found.pixel_array, pydicom.dcmread(dicom_path(COMPRESSED)).pixel_array
    )
    name, kind, size, syntaxes, allowed = calls(server)[0]
    assert (name, kind, syntaxes) == ("first", "bytes", [ExplicitVRLittleEndian])
    assert size > 5_000
    assert isinstance(allowed, bool)


def test_a_peer_that_knows_no_jpeg_2000(orthanc: Launcher, tmp_path: Path) -> None:
    port = unused_port()
    sender = orthanc(
        SCRIPT + REGISTER,
        config={"DicomModalities": {"peer": ["TARGET", "127.0.0.1", port]}},
    )
    answer(sender, first="plain(dicom)")
    identifier = sender.upload(dicom_bytes(COMPRESSED))
    with dcmtk.StorageScp(port, tmp_path):
        sent = sender.post("/modalities/peer/store", identifier)
        assert sent.status_code == 200, sent.text
    (received,) = tmp_path.iterdir()
    dataset = pydicom.dcmread(received, force=True)
    assert dataset.file_meta.TransferSyntaxUID in (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
    original = pydicom.dcmread(dicom_path(COMPRESSED))
    np.testing.assert_array_equal(dataset.pixel_array, original.pixel_array)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("5", "must return bytes or another buffer, not int"),
        ("'text'", "must return bytes or another buffer, not str"),
        ("b'junk'", "returned 4 bytes that are no DICOM file"),
        ("b''", "returned 0 bytes that are no DICOM file"),
        ("dicom[:140]", "returned 140 bytes that are no DICOM file"),
        ("dicom[:132] + b'\\x02\\0\\x10\\0UI\\xff\\xff1234'", "that are no DICOM file"),
        ("dicom", "returned transfer syntax .*of which none was asked for: 1.2.840.10008.1.2$"),
        ("fail(ValueError('no'))", "ValueError: no"),
        ("fail(SystemExit)", "SystemExit"),
    ],
)
def test_what_is_no_transcoded_file_is_logged_and_orthanc_transcodes(
    server: OrthancServer, returned: str, message: str
) -> None:
    answer(server, first=returned)
    found = modified(server, PLAIN, ImplicitVRLittleEndian)
    assert found is not None
    assert found.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    log = server.wait_log("Error in the transcoder, traceback:", start=server.log_offset)
    server.wait_log(message, start=log.start())


@pytest.mark.parametrize("length", [400, 1000])
def test_orthanc_survives_a_file_that_is_cut(server: OrthancServer, length: int) -> None:
    answer(server, first=f"plain(dicom)[:{length}]")
    modified(server, COMPRESSED, ExplicitVRLittleEndian)
    assert [call[0] for call in calls(server)] == ["first"]
    answer(server)
    assert modified(server, PLAIN, ImplicitVRLittleEndian) is not None


def test_a_transcoder_that_leaves_it_to_orthanc(server: OrthancServer) -> None:
    assert modified(server, PLAIN, ImplicitVRLittleEndian) is not None
    answer(
        server, first="orthanc.TranscodeDicomInstance(dicom, syntaxes[0]).SerializeDicomInstance()"
    )
    found = modified(server, PLAIN, ImplicitVRLittleEndian)
    assert found is not None
    assert found.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    assert len(calls(server)) == 1
    assert modified(server, PLAIN, JPEG2000Lossless) is None


def test_a_transcoder_reaches_the_whole_sdk(server: OrthancServer) -> None:
    """The core would hold a lock during TranscodeDicomInstance, for which RestApiGet waits."""
    answer(server, first="orthanc.RestApiGet('/statistics') and plain(dicom)")
    found = server.post("/transcoded", dicom_bytes(COMPRESSED))
    assert found.text == ExplicitVRLittleEndian
    assert calls(server)[0][3:] == [[ExplicitVRLittleEndian], True]


def test_a_first_decoder_cannot_be_registered_within(server: OrthancServer) -> None:
    answer(server, first="orthanc.RegisterDecodeImageCallback(print)")
    modified(server, PLAIN, ImplicitVRLittleEndian)
    server.wait_log(
        "RuntimeError: RegisterDecodeImageCallback: a transcoder that is", start=server.log_offset
    )


@pytest.fixture(scope="module")
def two(started: OrthancServer) -> None:
    """The second transcoder is registered while Orthanc runs; the tests above have one."""
    assert started.post("/register-second").status_code == 200


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("first", ["None", "fail(ValueError)", "b'junk'"])
def test_the_next_transcoder_is_asked(server: OrthancServer, first: str) -> None:
    answer(server, first=first, second="plain(dicom)")
    assert modified(server, COMPRESSED, ExplicitVRLittleEndian) is not None
    assert [call[0] for call in calls(server)][:2] == ["first", "second"]


def test_only_what_can_be_called(orthanc: Launcher) -> None:
    refused = orthanc(SCRIPT + "orthanc.RegisterTranscoderCallback(5)", starts=False)
    assert "RegisterTranscoderCallback needs a callable, not int" in refused.log
