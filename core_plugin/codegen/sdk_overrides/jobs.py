# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of Orthanc's engine."""

from __future__ import annotations

from codegen.overrides import Addition, ClassOverride, Overrides, hand, internal

_CREATE = """\
Make a job of an object with a method Step(); orthanc_runtime.jobs says what else it may have.

jobType is shown by /jobs, and given to the callbacks of RegisterJobsUnserializer(). The job waits \
for SubmitJob(); one that is dropped before is freed. Raises TypeError for an object without \
Step()."""

_SUBMIT = """\
Give a job to Orthanc's engine, to which it belongs from now on.

Jobs of a higher priority run first. Returns the identifier of the job, as in /jobs/{id}. Raises \
OrthancException while the script is imported, as there is no engine yet, and for a job that was \
submitted already."""

_UNSERIALIZER = """\
Register a function that makes jobs from what Orthanc has saved before it was restarted.

It is called as callback(job_type, serialized), where serialized is what GetSerialized() of the \
job gave last, as a dict, and returns a job (an object with Step(), or what CreateJob() returns), \
or None where it does not know the type. Several ones are asked in the order of their registration \
until one answers; what they raise is logged. A job that nobody knows is lost.

Raises RuntimeError once the script has been imported: Orthanc loads its jobs when it starts."""

JOBS = Overrides(
    functions={
        "CreateJob": hand(
            "(jobType: str, job: orthanc_runtime.jobs.Steps, /) -> Job", text=_CREATE
        ),
        "CreateJob2": internal(
            "Orthanc loses such a job at a restart, as it never serializes it: CreateJob does"
        ),
        "RegisterJobsUnserializer": hand(
            "(callback: Callable[[str, dict[str, Any]], "
            "Job | orthanc_runtime.jobs.Steps | None], /) -> None",
            text=_UNSERIALIZER,
        ),
        "SubmitJob": hand("(self, priority: int = 0) -> str", owner="Job", text=_SUBMIT),
    },
    classes={"Job": ClassOverride("Job", hook="bind_job")},
    additions=(Addition("SubmitJob", "(job: Job, priority: int = 0) -> str", _SUBMIT),),
)
