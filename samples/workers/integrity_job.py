# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A job with progress: reads all instances and compares their pixels' size with what they declare.

Try: curl -X POST http://localhost:8042/check-pixels
     curl http://localhost:8042/jobs/IDENTIFIER-FROM-THE-ANSWER-ABOVE
"""

import io
import json
from collections.abc import Mapping
from typing import Any, Unpack

import orthanc
import pydicom

from orthanc_runtime import RestRequest, offload
from orthanc_runtime.jobs import Job

AT_ONCE = 10


@offload(timeout=60)
def problem_of(instance: str) -> str | None:
    """What is wrong with its pixels; None where nothing is."""
    dataset = pydicom.dcmread(io.BytesIO(orthanc.GetDicomForInstance(instance)))
    if "PixelData" not in dataset:
        return None
    try:
        dataset.pixel_array  # noqa: B018 - it decodes them
    except Exception as error:  # noqa: BLE001 - whatever a broken file leads to
        return f"{type(error).__name__}: {error}"
    return None


class CheckPixels(Job):
    def __init__(self, instances: list[str], done: int, problems: dict[str, str]) -> None:
        self.instances = instances
        self.done = done
        self.problems = problems

    def Step(self) -> orthanc.JobStepStatus:
        """A few instances only: between two steps the job can be paused or cancelled."""
        batch = self.instances[self.done : self.done + AT_ONCE]
        futures = {instance: problem_of.submit(instance) for instance in batch}
        for instance, future in futures.items():
            try:
                problem = future.result(60)
            except orthanc.OrthancException:
                problem = None  # it was deleted meanwhile
            if problem is not None:
                self.problems[instance] = problem
        self.done += len(batch)
        is_last = self.done >= len(self.instances)
        return orthanc.JobStepStatus.SUCCESS if is_last else orthanc.JobStepStatus.CONTINUE

    def Reset(self) -> None:
        self.done = 0
        self.problems = {}

    def GetProgress(self) -> float:
        return self.done / len(self.instances) if self.instances else 1.0

    def GetContent(self) -> Mapping[str, Any]:
        return {"Checked": self.done, "Problems": self.problems}

    def GetSerialized(self) -> Mapping[str, Any]:
        """With which Orthanc goes on after a restart."""
        return {"instances": self.instances, "done": self.done, "problems": self.problems}


def unserialize(job_type: str, serialized: dict[str, Any]) -> CheckPixels | None:
    return CheckPixels(**serialized) if job_type == "CheckPixels" else None


def OnCheckPixels(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "POST":
        output.SendMethodNotAllowed("POST")
        return
    instances = json.loads(orthanc.RestApiGet("/instances"))
    job = orthanc.CreateJob("CheckPixels", CheckPixels(instances, 0, {}))
    identifier = orthanc.SubmitJob(job)
    output.AnswerBuffer(json.dumps({"ID": identifier}), "application/json")


orthanc.RegisterJobsUnserializer(unserialize)
orthanc.RegisterRestCallback("/check-pixels", OnCheckPixels)
