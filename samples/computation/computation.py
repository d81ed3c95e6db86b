# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A slow computation on one core and on all, and a worker that reads DICOM files.

/computation             offloaded: runs in a worker process, as many at once as there are workers
/computation-master      the same code in Orthanc's own interpreter: one core, whatever comes
/statistics/{instance}   a worker fetches the DICOM file and answers statistics of its pixels
"""

import io
import json
import math
import os
import time
from typing import Unpack

import numpy
import orthanc
import pydicom

from orthanc_runtime import RestRequest, offload, rest

DEFAULT_TERMS = 40_000_000  # about 4 seconds on a slow core
MAXIMUM_TERMS = 200_000_000


def answer_json(output: orthanc.RestOutput, value: object, status: int = 200) -> None:
    body = json.dumps(value, indent=2).encode() + b"\n"
    if status == 200:
        output.AnswerBuffer(body, "application/json")
    else:
        output.SetHttpHeader("Content-Type", "application/json")
        output.SendHttpStatus(status, body)


def compute(output: orthanc.RestOutput, request: RestRequest) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    text = request["get"].get("n", str(DEFAULT_TERMS))
    # A limit on the length first: int() of a very long text is slow or refused.
    terms = int(text) if text.isdecimal() and len(text) <= 12 else 0
    if not 1 <= terms <= MAXIMUM_TERMS:
        error = f"n must be a whole number from 1 to {MAXIMUM_TERMS}"
        answer_json(output, {"error": error}, 400)
        return
    begin = time.perf_counter()
    total = sum(math.sqrt(number) for number in range(terms))
    seconds = time.perf_counter() - begin
    answer_json(
        output, {"n": terms, "sum": total, "seconds": round(seconds, 3), "process": os.getpid()}
    )


@offload(timeout=60)
def OnComputation(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    compute(output, request)


def OnComputationInMaster(
    output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]
) -> None:
    compute(output, request)


@offload(timeout=60)
def OnStatistics(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    instance = request["groups"][0]
    file = rest.get(f"/instances/{instance}/file")
    if file.status_code == 404:
        answer_json(output, {"error": f"no instance {instance}"}, 404)
        return
    file.raise_for_status()
    dataset = pydicom.dcmread(io.BytesIO(file.content))
    if "PixelData" not in dataset:
        error = f"instance {instance} ({dataset.SOPClassUID.name}) has no pixel data"
        answer_json(output, {"error": error}, 400)
        return
    pixels = dataset.pixel_array
    answer_json(
        output,
        {
            "modality": dataset.get("Modality", ""),
            "shape": pixels.shape,
            "minimum": int(pixels.min()),
            "maximum": int(pixels.max()),
            "mean": round(float(pixels.mean()), 3),
            "deviation": round(float(numpy.std(pixels)), 3),
            "process": os.getpid(),
        },
    )


orthanc.RegisterRestCallback("/computation", OnComputation)
orthanc.RegisterRestCallback("/computation-master", OnComputationInMaster)
orthanc.RegisterRestCallback("/statistics/([0-9a-f-]+)", OnStatistics)
