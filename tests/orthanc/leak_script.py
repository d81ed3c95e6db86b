# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A script that makes one call of the SDK many times, and measures what stays in memory."""

from __future__ import annotations

SCRIPT = r"""
import array, contextlib, ctypes, gc, json, os, sys
import numpy as np
import orthanc
from orthanc_runtime import in_worker, offload

class MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
        "uordblks", "fordblks", "keepcost")]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = MallInfo

F = orthanc.PixelFormat
# unique objects, whose reference counts are looked at
DATA = bytes(bytearray(range(256)) * 16)
BUFFER = bytearray(DATA)
ARRAY = np.zeros((16, 16), np.uint8)
TEXT = "".join(["0010", "-", "0010"])
URI = "".join(["/tools", "/now"])
HEADERS = {"x-" + "leak": "val" + "ue"}
PIXELS = bytes(bytearray(range(192)) * 2)
TAGS = json.dumps({"PatientName": "Leak", "Modality": "OT"})
DICOM = b""
WATCHED = [DATA, BUFFER, ARRAY, TEXT, URI, HEADERS, PIXELS, TAGS]

def refused(kind, call):
    try:
        call()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")

def gray():
    return orthanc.CreateImageFromBuffer(F.GRAYSCALE8, 16, 16, 16, PIXELS)

SHAPES = {
    "nothing in, string out": lambda: orthanc.GenerateUuid(),
    "text in, string out": lambda: orthanc.GetTagName(0x10, 0x10, None)
        if hasattr(orthanc, "GetTagName") else orthanc.ComputeMd5(TEXT),
    "bytes in, string out": lambda: orthanc.ComputeMd5(DATA),
    "buffer in, string out": lambda: orthanc.ComputeMd5(BUFFER),
    "array in, string out": lambda: orthanc.ComputeMd5(ARRAY),
    "text in as bytes": lambda: orthanc.ComputeMd5(TEXT),
    "bytes in, bytes out": lambda: orthanc.BufferCompression(
        DATA, orthanc.CompressionType.ZLIB, 0),
    "none in, bytes out": lambda: orthanc.CreateDicom(TAGS, None, 0),
    "target buffer": lambda: orthanc.CreateMemoryBuffer(4096),
    "rest api": lambda: orthanc.RestApiGet(URI),
    "headers in": lambda: orthanc.RestApiGet2(URI, HEADERS, 0),
    "headers out": lambda: orthanc.CallRestApi(
        orthanc.HttpMethod.GET, URI, HEADERS, DATA, False),
    "dictionary out": lambda: orthanc.LookupDictionary("PatientName"),
    "enum out": lambda: gray().GetImagePixelFormat(),
    "image": gray,
    "image, bytes out": lambda: gray().GetImageBuffer(),
    "image, another out": lambda: gray().ConvertPixelFormat(F.RGB24),
    "image, text in": lambda: gray().DrawText(0, TEXT, 0, 0, 255, 255, 255),
    "image, png": lambda: orthanc.CompressPngImage(F.GRAYSCALE8, 16, 16, 16, PIXELS),
    "image as array": lambda: np.asarray(gray()).sum(),
    "handle": lambda: orthanc.CreateDicomInstance(DICOM),
    "handle, bytes out": lambda: orthanc.CreateDicomInstance(DICOM).GetInstanceData(),
    "handle, string out": lambda: orthanc.CreateDicomInstance(DICOM).GetInstanceSimplifiedJson(),
    "handle, none out": lambda: orthanc.CreateDicomInstance(DICOM).GetInstanceMetadata("none"),
    "handle, image out": lambda: orthanc.CreateDicomInstance(DICOM).GetInstanceDecodedFrame(0),
    "handle in a handle's call": lambda: orthanc.CreateFindMatcher(DICOM).IsMatch(DICOM),
    "image decoded": lambda: orthanc.DecodeDicomImage(DICOM, 0),
    "exception of a code": lambda: refused(
        orthanc.OrthancException, lambda: orthanc.RestApiGet("/nothing/here")),
    "exception of null": lambda: refused(
        orthanc.OrthancException, lambda: orthanc.UncompressImage(DATA, 0)),
    "wrong type": lambda: refused(TypeError, lambda: orthanc.ComputeMd5(5)),
    "wrong number of arguments": lambda: refused(TypeError, lambda: orthanc.ComputeMd5()),
    "wrong value": lambda: refused(
        ValueError, lambda: orthanc.CreateImageFromBuffer(1, 99, 99, 99, PIXELS)),
    "out of range": lambda: refused(OverflowError, lambda: orthanc.CreateImage(1, -1, 1)),
    "NUL": lambda: refused(ValueError, lambda: orthanc.RestApiGet("/a\0b")),
}
# the pixels of these belong to the master
IN_MASTER = {
    "image as buffer": lambda: bytes(memoryview(gray())),
    "image in a buffer": lambda: orthanc.CreateImageAccessor(F.GRAYSCALE8, 16, 16, 16, BUFFER),
    "image in an array": lambda: np.asarray(
        orthanc.CreateImageAccessor(F.GRAYSCALE8, 16, 16, 16, ARRAY))[0, 0],
    "not a buffer": lambda: refused(
        BufferError, lambda: orthanc.CreateImageAccessor(F.GRAYSCALE8, 16, 16, 16, DATA)),
    "image decoded by Python": lambda: orthanc.DecodeDicomImage(DICOM[:-2] + b"PY", 0),
    "decoder that raises": lambda: orthanc.DecodeDicomImage(DICOM[:-2] + b"RA", 0),
}

KEPT = []
LEAKING = {
    "of Python": lambda: KEPT.append(bytes(bytearray(b"kept"))),
    "of C": lambda: libc.malloc(16),
    "of a reference": lambda: KEPT.append(TEXT),
}

def decoder(dicom, frame):
    if dicom.endswith(b"RA"):
        raise orthanc.OrthancException(3, "no")
    return ARRAY if dicom.endswith(b"PY") else None

orthanc.RegisterDecodeImageCallback(decoder)

def measure():
    gc.collect()
    libc.malloc_trim(0)
    info = libc.mallinfo2()
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    return {
        "resident": resident,
        "allocated": info.uordblks + info.hblkhd,
        "blocks": sys.getallocatedblocks(),
        "references": sum(map(sys.getrefcount, WATCHED)),
    }

def difference(before, after):
    return {name: after[name] - before[name] for name in before}

def repeat(output, uri, **request):
    global DICOM
    name, calls, warm_up = json.loads(request["headers"]["repeat"])
    DICOM = request["body"]
    call = (SHAPES if in_worker else SHAPES | IN_MASTER | LEAKING)[name]
    for _ in range(warm_up):
        call()
    before = measure()
    for _ in range(calls):
        call()
    output.AnswerBuffer(json.dumps(difference(before, measure())), "application/json")

def measured(output, uri, **request):
    output.AnswerBuffer(json.dumps(measure()), "application/json")

def trivial(output, uri, **request):
    output.AnswerBuffer(request.get("body", b"") + b"answer", "text/plain")

def failing(output, uri, **request):
    raise ValueError("a failure")

def picture(output, uri, **request):
    output.CompressAndAnswerPngImage(F.GRAYSCALE8, 16, 16, 16, PIXELS)

def parts(output, uri, **request):
    output.StartMultipartAnswer("mixed", "text/plain")
    for _ in range(3):
        output.SendMultipartItem2(DATA, HEADERS)

orthanc.RegisterRestCallback("/measured", measured)
for path, handler in {
    "/repeat": repeat, "/trivial": trivial, "/failing": failing, "/picture": picture,
    "/parts": parts,
}.items():
    orthanc.RegisterRestCallback("/master" + path, handler)
    orthanc.RegisterRestCallback("/worker" + path, offload(handler))
"""


def shapes(name: str) -> list[str]:
    """The keys of SHAPES or IN_MASTER."""
    table = SCRIPT.partition(f"\n{name} = {{\n")[2].partition("\n}\n")[0]
    return [line.split('"')[1] for line in table.splitlines() if line.startswith('    "')]
