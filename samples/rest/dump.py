# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All elements of an instance as pydicom shows them, those of private tags and sequences, too.

Try: curl http://localhost:8042/dump/IDENTIFIER-OF-AN-INSTANCE
"""

import io
from typing import Unpack

import orthanc
import pydicom

from orthanc_runtime import RestRequest


def OnDump(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (instance,) = request["groups"]
    file = io.BytesIO(orthanc.GetDicomForInstance(instance))
    dataset = pydicom.dcmread(file, stop_before_pixels="pixels" not in request["get"])
    output.AnswerBuffer(f"{dataset}\n", "text/plain; charset=utf-8")


orthanc.RegisterRestCallback("/dump/([0-9a-f-]+)", OnDump)
