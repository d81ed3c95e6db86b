# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of the orthanc module: their pixels as a buffer, and images in a buffer of Python."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pydicom
import pytest
from dicom_files import dicom_bytes
from launcher import Launcher
from sdk_session import SCRIPT, evaluate
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

NUMPY = """
import gc
import numpy as np

F = orthanc.PixelFormat

def shape(image):
    array = np.asarray(image)
    return [list(array.shape), array.dtype.str, list(array.strides), array.flags.writeable]

def write(image, value):
    np.asarray(image)[:] = value
    return image.GetImageBuffer()

def outlives():
    view = memoryview(orthanc.CreateImageFromBuffer(F.GRAYSCALE8, 4, 1, 4, b"abcd"))
    gc.collect()
    return bytes(view)

def accessor_outlives():
    image = orthanc.CreateImageAccessor(F.GRAYSCALE8, 4, 1, 4, bytearray(b"abcd"))
    gc.collect()
    return image.GetImageBuffer()

def accessor(memory, pitch=4):
    return orthanc.CreateImageAccessor(F.GRAYSCALE8, 4, 2, pitch, memory)

def drawn():
    memory = bytearray(64 * 64)
    image = orthanc.CreateImageAccessor(F.GRAYSCALE8, 64, 64, 64, memory)
    image.DrawText(0, "Orthanc", 0, 0, 255, 255, 255)
    return max(memory)

def resized_meanwhile():
    memory = bytearray(8)
    image = accessor(memory)
    try:
        memory.extend(bytes(100))
    finally:
        image = None
        memory.extend(bytes(1))

def fonts():
    return [
        (orthanc.GetFontName(index), orthanc.GetFontSize(index))
        for index in range(orthanc.GetFontsCount())
    ]

def gray(width, height, length, pitch=None, format=F.GRAYSCALE8):
    pitch = width if pitch is None else pitch
    return orthanc.CreateImageFromBuffer(format, width, height, pitch, bytes(length))
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT + NUMPY)


def value(server: OrthancServer, expression: str, body: bytes = b"") -> Any:
    seen = evaluate(server, expression, body)
    assert "value" in seen, seen
    return seen["value"]


@pytest.mark.parametrize(
    ("pixel_format", "shape", "kind", "strides"),
    [
        ("GRAYSCALE8", [2, 5], "|u1", [5, 1]),
        ("GRAYSCALE16", [2, 5], "<u2", [10, 2]),
        ("SIGNED_GRAYSCALE16", [2, 5], "<i2", [10, 2]),
        ("GRAYSCALE32", [2, 5], "<u4", [20, 4]),
        ("GRAYSCALE64", [2, 5], "<u8", [40, 8]),
        ("FLOAT32", [2, 5], "<f4", [20, 4]),
        ("RGB24", [2, 5, 3], "|u1", [15, 3, 1]),
        ("RGBA32", [2, 5, 4], "|u1", [20, 4, 1]),
        ("BGRA32", [2, 5, 4], "|u1", [20, 4, 1]),
        ("RGB48", [2, 5, 3], "<u2", [30, 6, 2]),
    ],
)
def test_an_image_is_an_array(
    server: OrthancServer, pixel_format: str, shape: list[int], kind: str, strides: list[int]
) -> None:
    found = value(server, f"shape(orthanc.CreateImage(F.{pixel_format}, 5, 2))")
    assert found == [shape, kind, strides, True]


def test_the_pitch_is_in_the_strides(server: OrthancServer) -> None:
    memory = "orthanc.CreateImageAccessor(F.RGB24, 2, 3, 10, bytearray(range(30)))"
    assert value(server, f"shape({memory})") == [[3, 2, 3], "|u1", [10, 3, 1], True]
    assert value(server, f"np.asarray({memory})[2].tolist()") == [[20, 21, 22], [23, 24, 25]]
    error = evaluate(server, f"memoryview({memory}).cast('B')")
    assert error["error"] == "TypeError"  # rows with gaps between them


def test_writing_changes_the_image(server: OrthancServer) -> None:
    image = "orthanc.CreateImage(F.GRAYSCALE16, 2, 1)"
    assert value(server, f"write({image}, [[1, 258]])") == "\1\0\2\1"
    assert value(server, f"{image}.GetImageBuffer()") == "\0\0\0\0"


def test_a_view_keeps_the_image(server: OrthancServer) -> None:
    assert value(server, "outlives()") == "abcd"


def test_a_decoded_image_has_the_pixels_of_the_file(server: OrthancServer) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    expected = pydicom.dcmread(io.BytesIO(dicom)).pixel_array
    for decode in (
        "orthanc.DecodeDicomImage(body, 0)",
        "orthanc.UncompressImage(body, orthanc.ImageFormat.DICOM)",
        "orthanc.CreateDicomInstance(body).GetInstanceDecodedFrame(0)",
    ):
        found = value(server, f"np.asarray({decode}).tobytes()", dicom)
        assert found.encode("latin-1") == expected.tobytes()


def test_a_color_image_survives_png(server: OrthancServer) -> None:
    pixels = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(4, 6, 3).tobytes()
    png = "orthanc.CompressPngImage(F.RGB24, 6, 4, 18, body)"
    image = f"np.asarray(orthanc.UncompressImage({png}, orthanc.ImageFormat.PNG)).tobytes()"
    assert value(server, image, pixels).encode("latin-1") == pixels


def test_converting_keeps_the_values(server: OrthancServer) -> None:
    image = "orthanc.CreateImageFromBuffer(F.GRAYSCALE8, 3, 1, 3, b'abc')"
    converted = f"np.asarray({image}.ConvertPixelFormat(F.RGB24)).tolist()"
    assert value(server, converted) == [[[97] * 3, [98] * 3, [99] * 3]]


def test_an_accessor_shares_the_memory_and_keeps_it(server: OrthancServer) -> None:
    assert value(server, "accessor_outlives()") == "abcd"
    assert value(server, "drawn()") > 200
    assert evaluate(server, "resized_meanwhile()")["error"] == "BufferError"


def test_an_accessor_takes_an_array(server: OrthancServer) -> None:
    array = "np.arange(8, dtype=np.uint8)"
    assert value(server, f"np.asarray(accessor({array})).tolist()") == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("buffer", ["bytes(8)", "np.zeros(16, np.uint8)[::2]"])
def test_an_accessor_needs_memory_to_write_to(server: OrthancServer, buffer: str) -> None:
    assert evaluate(server, f"accessor({buffer})")["error"] == "BufferError"
    assert evaluate(server, "accessor(5)")["error"] == "TypeError"


def test_fonts(server: OrthancServer) -> None:
    fonts = value(server, "fonts()")
    assert fonts
    assert all(name and size > 0 for name, size in fonts)
    assert value(server, "orthanc.GetFontName(999)") is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("gray(4, 4, 15)", "needs 16 bytes .* has 15"),
        ("gray(4, 4, 16, pitch=3)", "pitch is 3, less than the 4 bytes"),
        ("gray(4, 4, 47, format=F.RGB24, pitch=12)", "needs 48 bytes"),
        ("gray(4, 4, 48, format=F.RGB24, pitch=4)", "pitch is 4, less than the 12 bytes"),
        ("gray(1, 1, 16, format=99)", "99 is no PixelFormat"),
        ("gray(1, 1, 16, format=F.UNKNOWN)", "6 is no PixelFormat"),
        ("accessor(bytearray(7))", "needs 8 bytes"),
        ("accessor(bytearray(16), pitch=2)", "pitch is 2"),
        # the core multiplies in 32 bits: 2**32 + 65536 would be 65536
        ("orthanc.CreateImage(F.GRAYSCALE8, 65536, 65537)", "larger than Orthanc can take"),
        ("orthanc.CreateImage(F.RGBA32, 2**30, 1)", "larger than Orthanc can take"),
        ("gray(2**30, 1, 16, pitch=0, format=F.RGBA32)", "pitch is 0, less than the 4294967296"),
        ("orthanc.CompressPngImage(F.GRAYSCALE16, 4, 4, 4, body)", "pitch is 4, less than the 8"),
        ("orthanc.CompressPngImage(F.GRAYSCALE8, 4, 4, 4, b'123')", "needs 16 bytes .* has 3"),
        ("orthanc.CompressJpegImage(F.GRAYSCALE8, 4, 4, 4, b'123', 90)", "needs 16 bytes"),
    ],
)
def test_pixels_beyond_the_buffer_are_refused(
    server: OrthancServer, call: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        raise_value_error(evaluate(server, call, bytes(16)))


def raise_value_error(seen: dict[str, Any]) -> None:
    if seen.get("error") == "ValueError":
        raise ValueError(seen["args"][0])


def test_a_conversion_that_would_overflow_is_refused(server: OrthancServer) -> None:
    large = "orthanc.CreateImageAccessor(F.GRAYSCALE8, 2**16, 2**15, 2**16, np.empty(2**31, 'u1'))"
    error = evaluate(server, f"{large}.ConvertPixelFormat(F.RGB48)")
    assert error["error"] == "ValueError"
    assert "larger than Orthanc can take" in error["args"][0]


def test_what_orthanc_cannot_convert_or_draw(server: OrthancServer) -> None:
    image = "orthanc.CreateImage(F.GRAYSCALE64, 2, 2)"
    assert evaluate(server, f"{image}.ConvertPixelFormat(F.RGB24)")["error"] == "OrthancException"
    assert evaluate(server, f"{image}.DrawText(0, 'a', 0, 0, 1, 1, 1)")["error"] == (
        "OrthancException"
    )
    font = "orthanc.CreateImage(F.GRAYSCALE8, 2, 2).DrawText(999, 'a', 0, 0, 1, 1, 1)"
    assert evaluate(server, font)["error"] == "OrthancException"


def test_an_empty_image(server: OrthancServer) -> None:
    assert value(server, "shape(orthanc.CreateImage(F.GRAYSCALE8, 0, 0))")[0] == [0, 0]
    assert value(server, "orthanc.CreateImage(F.RGB24, 0, 3).GetImageBuffer()") == ""
