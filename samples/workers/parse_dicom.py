# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parses all files of a study, many at once, each in a worker, and sums up.

Try: curl http://localhost:8042/dose/IDENTIFIER-OF-A-STUDY
"""

import io
import json
import os
from typing import TypedDict, Unpack

import orthanc
import pydicom

from orthanc_runtime import RestRequest, offload, rest

SECONDS = 60.0
AT_ONCE = 20  # of a study; MaximumSubmitted is for all who ask


class Summary(TypedDict):
    series: str
    exposure: float
    process: int


@offload(timeout=30)
def summarize(instance: str) -> Summary:
    file = rest.get(f"/instances/{instance}/file")
    file.raise_for_status()
    dataset = pydicom.dcmread(io.BytesIO(file.content), stop_before_pixels=True)
    exposure = float(dataset.get("Exposure") or 0)  # mAs, PS3.3 C.8.2.1
    return {"series": dataset.SeriesInstanceUID, "exposure": exposure, "process": os.getpid()}


def OnDose(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (study,) = request["groups"]
    instances = json.loads(orthanc.RestApiGet(f"/studies/{study}/instances"))
    summaries: list[Summary] = []
    for begin in range(0, len(instances), AT_ONCE):
        some = instances[begin : begin + AT_ONCE]
        futures = [summarize.submit(instance["ID"]) for instance in some]
        # Orthanc's interpreter is free while this waits.
        summaries += [future.result(SECONDS) for future in futures]
    exposures: dict[str, float] = {}
    for summary in summaries:
        series = summary["series"]
        exposures[series] = exposures.get(series, 0.0) + summary["exposure"]
    answer = {
        "Instances": len(summaries),
        "Exposure": exposures,
        "Processes": len({summary["process"] for summary in summaries}),
    }
    output.AnswerBuffer(json.dumps(answer, indent=2), "application/json")


orthanc.RegisterRestCallback("/dose/([0-9a-f-]+)", OnDose)
