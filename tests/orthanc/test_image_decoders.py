# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterDecodeImageCallback: DICOM images that Python decodes, JPEG 2000 among them."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pydicom
import pytest
from codec_script import SCRIPT, answer, calls
from dicom_files import dicom_bytes, dicom_path
from launcher import Launcher
from PIL import Image
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

REGISTER = 'orthanc.RegisterDecodeImageCallback(decoder("first"))\n'
# Orthanc itself cannot decode JPEG 2000
COLOR = "examples_jpeg2k.dcm"
GRAY = "MR_small_jp2klossless.dcm"
PLAIN = "CT_small.dcm"
TWO_FRAMES = "SC_rgb_rle_2frame.dcm"


@pytest.fixture(scope="module")
def started(shared_orthanc: Launcher) -> OrthancServer:
    config = {"Python": {"Workers": 1}, "OverwriteInstances": True}
    return shared_orthanc(SCRIPT + REGISTER, config=config)


@pytest.fixture
def server(started: OrthancServer) -> Iterator[OrthancServer]:
    answer(started)
    yield started
    answer(started)


def expected(name: str) -> np.ndarray:
    return pydicom.dcmread(dicom_path(name)).pixel_array


def png(server: OrthancServer, path: str) -> np.ndarray:
    found = server.get(path)
    assert found.status_code == 200, found.text
    return np.asarray(Image.open(io.BytesIO(found.content)))


@pytest.mark.parametrize(
    "returned",
    [
        "decode(dicom, frame)",
        "decode_offloaded(dicom, frame)",
        "np.asfortranarray(decode(dicom, frame))",
        "orthanc.CreateImageFromBuffer(F.RGB24, 640, 480, 1920, decode(dicom, frame).tobytes())",
        "orthanc.CreateImageAccessor(F.RGB24, 640, 480, 1920, bytearray(decode(dicom, 0)))",
        "orthanc.CreateImageAccessor(F.RGB24, 640, 480, 1920, decode(dicom, 0).copy())"
        ".ConvertPixelFormat(F.RGBA32).ConvertPixelFormat(F.RGB24)",
    ],
)
def test_a_color_image_in_the_preview(server: OrthancServer, returned: str) -> None:
    identifier = server.upload(dicom_bytes(COLOR))
    assert server.get(f"/instances/{identifier}/preview").status_code != 200
    answer(server, first=returned)
    np.testing.assert_array_equal(png(server, f"/instances/{identifier}/preview"), expected(COLOR))
    assert calls(server)[0] == ["first", "bytes", len(dicom_bytes(COLOR)), 0]


def test_a_gray_image_of_16_bits(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes(GRAY))
    answer(server, first="decode(dicom, frame)")
    found = png(server, f"/instances/{identifier}/image-uint16")
    np.testing.assert_array_equal(found, np.maximum(expected(GRAY), 0))


def test_each_frame(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes(TWO_FRAMES))
    answer(server, first="decode(dicom, frame)")
    for frame in (0, 1):
        found = png(server, f"/instances/{identifier}/frames/{frame}/preview")
        np.testing.assert_array_equal(found, expected(TWO_FRAMES)[frame])
    assert [call[3] for call in calls(server)] == [0, 1]


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        ("np.array([[1, 2]], 'u1')", "|u1"),
        ("np.array([[1, 2]], 'u2')", "<u2"),
        ("np.array([[1, -2]], 'i2')", "<i2"),
        ("np.array([[1, 2]], 'u4')", "<u4"),
        ("np.array([[1, 2]], 'u8')", "<u8"),
        ("np.array([[1, 2.5]], 'f4')", "<f4"),
        ("np.array([[[1], [2]]], 'u1')", "|u1"),
        ("np.array([[[1, 2, 3], [4, 5, 6]]], 'u1')", "|u1"),
        ("np.array([[[1, 2, 3, 4], [5, 6, 7, 8]]], 'u1')", "|u1"),
        ("np.array([[[1, 2, 3], [4, 5, 6]]], 'u2')", "<u2"),
        ("np.arange(12, dtype='u1').reshape(3, 4)[::-2, ::2]", "|u1"),
    ],
)
def test_arrays(server: OrthancServer, array: str, kind: str) -> None:
    answer(server, first=array)
    found = server.post("/decoded", dicom_bytes()).json()
    value = eval(array, {"np": np})
    value = value[:, :, 0] if value.shape[2:] == (1,) else value
    assert found == [kind, value.tolist()]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ("5", "must return an Image, an array, or None, not int"),
        ("'text'", "must return an Image, an array, or None, not str"),
        ("b'0123'", r"array of shape \(4\) and type 'B', which is no pixel format"),
        ("np.zeros((4, 4))", r"array of shape \(4, 4\) and type 'd'"),
        ("np.zeros((4, 4), '>u2')", r"array of shape \(4, 4\) and type '>H'"),
        ("np.zeros((4, 4, 2), 'u1')", r"array of shape \(4, 4, 2\)"),
        ("np.zeros((1, 4, 4, 3), 'u1')", r"array of shape \(1, 4, 4, 3\)"),
        ("np.array([[None]])", "type 'O'"),
        ("np.broadcast_to(np.uint8(1), (70000, 70000))", "larger than Orthanc can take"),
        ("fail(ValueError('no'))", "ValueError: no"),
        ("fail(orthanc.OrthancException(3, 'no'))", "OrthancException"),
        ("fail(SystemExit)", "SystemExit"),
    ],
)
def test_what_is_no_image_is_logged_and_orthanc_decodes(
    server: OrthancServer, returned: str, message: str
) -> None:
    by_orthanc = server.post("/decoded", dicom_bytes()).json()
    answer(server, first=returned)
    assert server.post("/decoded", dicom_bytes()).json() == by_orthanc
    log = server.wait_log("Error in the image decoder, traceback:", start=server.log_offset)
    server.wait_log(message, start=log.start())


def test_an_empty_image(server: OrthancServer) -> None:
    identifier = server.upload(dicom_bytes())
    answer(server, first="np.zeros((0, 0), 'u1')")
    server.get(f"/instances/{identifier}/preview")
    answer(server)
    assert server.get(f"/instances/{identifier}/preview").status_code == 200


def test_a_decoder_on_top_of_that_of_orthanc(server: OrthancServer) -> None:
    # a file of its own: a newer Orthanc keeps the frames that it has decoded
    identifier = server.upload(dicom_bytes("MR_small.dcm"))
    answer(server, first="np.asarray(orthanc.DecodeDicomImage(dicom, frame)) + 1")
    found = png(server, f"/instances/{identifier}/image-uint16")
    np.testing.assert_array_equal(found, expected("MR_small.dcm") + 1)
    assert len(calls(server)) == 1


def test_a_decoder_reaches_the_whole_sdk(server: OrthancServer) -> None:
    """The core would hold a lock during DecodeDicomImage, for which RestApiGet waits."""
    kind, by_orthanc = server.post("/decoded", dicom_bytes()).json()
    nested = "np.asarray(orthanc.DecodeDicomImage(dicom, frame)) + 1"
    answer(server, first=f"orthanc.RestApiGet('/statistics') and {nested}")
    for decode in ("/decoded", "/uncompressed", "/decoded-frame"):
        found = server.post(decode, dicom_bytes()).json()
        assert found == [kind, (np.array(by_orthanc) + 1).tolist()]
    assert len(calls(server)) == 3


def test_a_first_transcoder_cannot_be_registered_within(server: OrthancServer) -> None:
    answer(server, first="orthanc.RegisterTranscoderCallback(print)")
    server.post("/decoded", dicom_bytes())
    server.wait_log(
        "RuntimeError: RegisterTranscoderCallback: a decoder that is", start=server.log_offset
    )


@pytest.fixture(scope="module")
def two(started: OrthancServer) -> None:
    """The second decoder is registered while Orthanc runs; the tests above have one."""
    assert started.post("/register-second").status_code == 200


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("first", ["None", "fail(ValueError)", "5"])
def test_the_next_decoder_is_asked(server: OrthancServer, first: str) -> None:
    answer(server, first=first, second="np.array([[7]], 'u1')")
    assert server.post("/decoded", dicom_bytes()).json() == ["|u1", [[7]]]
    assert [call[0] for call in calls(server)] == ["first", "second"]


@pytest.mark.usefixtures("two")
def test_the_first_image_decides(server: OrthancServer) -> None:
    answer(server, first="np.array([[6]], 'u1')", second="np.array([[7]], 'u1')")
    assert server.post("/decoded", dicom_bytes()).json() == ["|u1", [[6]]]
    assert [call[0] for call in calls(server)] == ["first"]


def test_only_what_can_be_called(orthanc: Launcher) -> None:
    script = SCRIPT + REGISTER.replace('decoder("first")', "5")
    refused = orthanc(script, starts=False)
    assert "RegisterDecodeImageCallback needs a callable, not int" in refused.log


def test_those_of_orthanc_come_first_where_it_is_told_so(orthanc: Launcher) -> None:
    config = {"BuiltinDecoderTranscoderOrder": "Before"}
    server = orthanc(SCRIPT + REGISTER, config=config)
    plain, compressed = (server.upload(dicom_bytes(name)) for name in (PLAIN, COLOR))
    answer(server, first="np.array([[7]], 'u1')")
    assert png(server, f"/instances/{plain}/preview").shape != (1, 1)
    for decode in ("/decoded", "/uncompressed", "/decoded-frame"):
        assert server.post(decode, dicom_bytes(PLAIN)).json() != ["|u1", [[7]]]
    assert calls(server) == []
    assert png(server, f"/instances/{compressed}/preview").shape == (1, 1)
    for decode in ("/decoded", "/uncompressed", "/decoded-frame"):
        assert server.post(decode, dicom_bytes(COLOR)).json() == ["|u1", [[7]]]
    assert len(calls(server)) == 4
