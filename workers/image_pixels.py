# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``numpy.asarray(image)`` and, from Python 3.12 on, ``memoryview(image)`` in a worker.

The pixels live in Orthanc, so both show a copy, which cannot be changed.
"""

from __future__ import annotations

from typing import Any

# PixelFormat: channels, type of each as NumPy writes it (SDK, OrthancPluginPixelFormat).
LAYOUTS = {
    "GRAYSCALE8": (1, "|u1"),
    "GRAYSCALE16": (1, "<u2"),
    "SIGNED_GRAYSCALE16": (1, "<i2"),
    "GRAYSCALE32": (1, "<u4"),
    "GRAYSCALE64": (1, "<u8"),
    "FLOAT32": (1, "<f4"),
    "RGB24": (3, "|u1"),
    "RGBA32": (4, "|u1"),
    "BGRA32": (4, "|u1"),
    "RGB48": (3, "<u2"),
}
# Of the types above, as the struct module writes them.
_STRUCT: dict[str, Any] = {"|u1": "B", "<u2": "H", "<i2": "h", "<u4": "I", "<u8": "Q", "<f4": "f"}


def add_pixels(image: type) -> None:
    """Give ``orthanc.Image`` of a worker the protocols of its pixels."""
    image.__array_interface__ = property(_array_interface)  # type: ignore[attr-defined]
    image.__buffer__ = _buffer  # type: ignore[attr-defined]


def _array_interface(self: Any) -> dict[str, Any]:
    channels, kind = _layout(self)
    pitch = self.GetImagePitch()
    size = int(kind[-1])
    shape, strides = [self.GetImageHeight(), self.GetImageWidth()], [pitch, channels * size]
    if channels > 1:
        shape.append(channels)
        strides.append(size)
    return {
        "version": 3,
        "shape": tuple(shape),
        "typestr": kind,
        "strides": tuple(strides),
        "data": self.GetImageBuffer(),
    }


def _buffer(self: Any, flags: int, /) -> memoryview:
    if flags & 1:  # PyBUF_WRITABLE
        raise BufferError("the pixels are in Orthanc: a worker has a copy, which is read-only")
    channels, kind = _layout(self)
    height, width, pitch = self.GetImageHeight(), self.GetImageWidth(), self.GetImagePitch()
    row = width * channels * int(kind[-1])
    pixels = self.GetImageBuffer()
    if row != pitch:
        pixels = b"".join(pixels[y * pitch : y * pitch + row] for y in range(height))
    if not pixels:
        return memoryview(pixels)
    shape = (height, width, channels) if channels > 1 else (height, width)
    return memoryview(pixels).cast(_STRUCT[kind], shape)


def _layout(self: Any) -> tuple[int, str]:
    pixel_format = self.GetImagePixelFormat()
    name = getattr(pixel_format, "name", "")
    if name not in LAYOUTS:
        raise BufferError(f"pixel format {pixel_format} has no layout")
    return LAYOUTS[name]
