# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images, their decoders and transcoders."""

from __future__ import annotations

from codegen.overrides import Addition, ClassOverride, Overrides, hand

_ACCESSOR = """\
Create an image in the memory of a buffer, without a copy.

Each row takes pitch bytes. What is drawn into the image changes the buffer, which stays locked \
as long as the image exists: a bytearray cannot be resized. Raises BufferError for a buffer that \
is read-only or has gaps, ValueError where the image does not fit into it."""

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

_ANSWER = """\
Answer the request with an image that Orthanc compresses to {}.

Raises ValueError where the image does not fit into the buffer, OrthancException where Orthanc \
cannot compress it."""

_DECODER = """\
Register a decoder of DICOM images.

It is called as callback(dicom, frame) with the bytes of the DICOM file and the index of the \
frame. It returns an Image; or an array, of NumPy for example, of rows, columns and, for colors, \
channels (uint8, uint16, int16, uint32, uint64 or float32 in one channel, uint8 in three or \
four, uint16 in three); or None for an image that it leaves to the next one. Decoders are asked \
in the order of their registration, then those of other plugins and Orthanc's own, the latter \
first where BuiltinDecoderTranscoderOrder says so. One that raises, or returns anything else, is \
logged, and the next one is asked. Where a decoder calls DecodeDicomImage() it gets what Orthanc \
makes of the image without the decoders of the script.

Raises RuntimeError where the first decoder is registered by a transcoder that is running."""

_TRANSCODER = """\
Register a transcoder of DICOM files.

It is called as callback(dicom, syntaxes, allowNewSopInstanceUid) with the bytes of the DICOM \
file and the UIDs of the transfer syntaxes from which it may choose. It returns the bytes of the \
transcoded DICOM file, or None to leave it to the next one. The SOP instance UID may be a new \
one, as lossy compression demands, only where allowNewSopInstanceUid is true. Transcoders are \
asked in the order of their registration, then those of other plugins and Orthanc's own, the \
latter first where BuiltinDecoderTranscoderOrder says so. One that raises, or returns what is no \
DICOM file of one of these syntaxes, is logged, and the next one is asked. Where a transcoder \
calls TranscodeDicomInstance(), the transcoders of the script are not asked.

Raises RuntimeError where the first transcoder is registered by a decoder that is running."""

_SHAPE = "format: PixelFormat | int, width: int, height: int"

IMAGES = Overrides(
    functions={
        "CompressAndAnswerJpegImage": hand(
            f"(self, {_SHAPE}, pitch: int, buffer: str | Buffer, quality: int, /) -> None",
            owner="RestOutput",
            text=_ANSWER.format("JPEG, with a quality from 1 to 100"),
        ),
        "CompressAndAnswerPngImage": hand(
            f"(self, {_SHAPE}, pitch: int, buffer: str | Buffer, /) -> None",
            owner="RestOutput",
            text=_ANSWER.format("PNG"),
        ),
        "ConvertPixelFormat": hand(
            "(self, targetFormat: PixelFormat | int, /) -> Image", owner="Image", text=_CONVERT
        ),
        "CreateImage": hand(f"({_SHAPE}, /) -> Image", text=_CREATE),
        "CreateImageAccessor": hand(
            f"({_SHAPE}, pitch: int, buffer: Buffer, /) -> Image", text=_ACCESSOR
        ),
        "GetImageBuffer": hand("(self) -> bytes", owner="Image", text=_BUFFER),
        "RegisterDecodeImageCallback": hand(
            "(callback: Callable[[bytes, int], Image | Buffer | None], /) -> None", text=_DECODER
        ),
        "RegisterTranscoderCallback": hand(
            "(callback: Callable[[bytes, tuple[str, ...], bool], Buffer | None], /) -> None",
            text=_TRANSCODER,
        ),
    },
    additions=(
        Addition(
            "CreateImageFromBuffer",
            f"({_SHAPE}, pitch: int, buffer: str | Buffer, /) -> Image",
            _FROM_BUFFER,
        ),
    ),
    replaced={
        "DecodeDicomImage": "decode_dicom_image",
        "GetInstanceDecodedFrame": "get_instance_decoded_frame",
        "TranscodeDicomInstance": "transcode_dicom_instance",
        "UncompressImage": "uncompress_image",
    },
    classes={"Image": ClassOverride(hook="bind_image", has_buffer=True)},
)
