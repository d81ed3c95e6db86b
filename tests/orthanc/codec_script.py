# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A script whose decoders and transcoders evaluate what a test has set."""

from __future__ import annotations

import json
from typing import Any

from server import OrthancServer

SCRIPT = r"""
import io, json, os
import numpy as np
import pydicom
import orthanc
from orthanc_runtime import in_worker, offload

ANSWERS = {}
CALLS = []
F = orthanc.PixelFormat

def fail(error):
    raise error

def decode(dicom, frame):
    pixels = pydicom.dcmread(io.BytesIO(dicom)).pixel_array
    return pixels[frame] if pixels.ndim == 4 else pixels

def plain(dicom):
    dataset = pydicom.dcmread(io.BytesIO(dicom))
    dataset.decompress()
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()

@offload
def decode_offloaded(dicom, frame):
    assert in_worker
    return decode(dicom, frame)

@offload
def plain_offloaded(dicom, syntaxes, allowed):
    assert in_worker
    return plain(dicom)

def decoder(name):
    def decoder(dicom, frame):
        CALLS.append([name, type(dicom).__name__, len(dicom), frame])
        return eval(ANSWERS.get(name, "None"), globals(), {"dicom": dicom, "frame": frame})
    return decoder

def transcoder(name):
    def transcoder(dicom, syntaxes, allowed):
        CALLS.append([name, type(dicom).__name__, len(dicom), list(syntaxes), allowed])
        names = {"dicom": dicom, "syntaxes": syntaxes, "allowed": allowed}
        return eval(ANSWERS.get(name, "None"), globals(), names)
    return transcoder

def set_answers(output, uri, **request):
    ANSWERS.clear()
    ANSWERS.update(json.loads(request["body"]))
    CALLS.clear()
    output.AnswerBuffer("{}", "application/json")

def calls(output, uri, **request):
    output.AnswerBuffer(json.dumps(CALLS), "application/json")

def decoded(output, uri, **request):
    dicom = request["body"]
    image = np.asarray({
        "/decoded": lambda: orthanc.DecodeDicomImage(dicom, 0),
        "/uncompressed": lambda: orthanc.UncompressImage(dicom, orthanc.ImageFormat.DICOM),
        "/decoded-frame": lambda: orthanc.CreateDicomInstance(dicom).GetInstanceDecodedFrame(0),
    }[uri]())
    output.AnswerBuffer(json.dumps([image.dtype.str, image.tolist()]), "application/json")

def transcoded(output, uri, **request):
    instance = orthanc.TranscodeDicomInstance(request["body"], "1.2.840.10008.1.2.1")
    output.AnswerBuffer(instance.GetInstanceTransferSyntaxUid(), "text/plain")

def register_second(output, uri, **request):
    orthanc.RegisterDecodeImageCallback(decoder("second"))
    orthanc.RegisterTranscoderCallback(transcoder("second"))
    output.AnswerBuffer("{}", "application/json")

orthanc.RegisterRestCallback("/answers", set_answers)
orthanc.RegisterRestCallback("/calls", calls)
for path in ("/decoded", "/uncompressed", "/decoded-frame"):
    orthanc.RegisterRestCallback(path, decoded)
orthanc.RegisterRestCallback("/transcoded", transcoded)
orthanc.RegisterRestCallback("/register-second", register_second)
"""


def answer(server: OrthancServer, **answers: str) -> None:
    """What the callbacks of these names evaluate from now on; the others return None."""
    assert server.post("/answers", json.dumps(answers)).status_code == 200


def calls(server: OrthancServer) -> list[list[Any]]:
    """Name and arguments of the calls since :func:`answer`."""
    found: list[list[Any]] = server.get("/calls").json()
    return found
