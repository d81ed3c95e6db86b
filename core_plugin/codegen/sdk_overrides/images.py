# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, their decoders and transcoders."""

from __future__ import annotations

from codegen.overrides import Addition, ClassOverride, Overrides, hand, later

_ACCESSOR = """\
Create an image in the memory of a buffer, without a copy.

Each row takes pitch bytes. What is drawn into the image changes the buffer, which stays locked as \
long as the image exists: a bytearray cannot be resized. Raises BufferError for a buffer that is \
read-only or has gaps, ValueError where the image does not fit into it."""

_FROM_BUFFER = """\
Create an image with a copy of these pixels, of which each row takes pitch bytes.

Raises ValueError where the image does not fit into the buffer."""

_CREATE = """\
Create a black image. memoryview(image) and numpy.asarray(image) give access to its pixels.

Raises ValueError for an image of 4 GiB and more."""

_CONVERT = """\
Copy the image into another format.

Raises OrthancException where Orthanc cannot convert, ValueError for a result of 4 GiB and more."""

_BUFFER = """\
A copy of the pixels, pitch times height bytes; memoryview(image) and numpy.asarray(image) give \
access without a copy, with rows, columns and, for colors, channels as dimensions."""

_SHAPE = "format: PixelFormat | int, width: int, height: int"

IMAGES = Overrides(
    functions={
        "ConvertPixelFormat": hand(
            "(self, targetFormat: PixelFormat | int, /) -> Image", owner="Image", text=_CONVERT
        ),
        "CreateImage": hand(f"({_SHAPE}, /) -> Image", text=_CREATE),
        "CreateImageAccessor": hand(
            f"({_SHAPE}, pitch: int, buffer: Buffer, /) -> Image", text=_ACCESSOR
        ),
        "GetImageBuffer": hand("(self) -> bytes", owner="Image", text=_BUFFER),
        "RegisterDecodeImageCallback": later("takes a callback"),
        "RegisterTranscoderCallback": later("takes a callback"),
    },
    additions=(
        Addition(
            "CreateImageFromBuffer",
            f"({_SHAPE}, pitch: int, buffer: str | Buffer, /) -> Image",
            _FROM_BUFFER,
        ),
    ),
    classes={"Image": ClassOverride(hook="bind_image", has_buffer=True)},
)
