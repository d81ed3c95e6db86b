# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs whose steps a test permits one by one, for test_jobs.py."""

from __future__ import annotations

import sdk_session

SCRIPT = (
    sdk_session.SCRIPT
    + r"""
import threading, time, weakref
from orthanc import JobStepStatus
from orthanc_runtime.jobs import Job

alive = weakref.WeakSet()
permits = threading.Semaphore(0)
told = []
threads = set()

class Gated(Job):
    # one step of progress for each permit

    def __init__(self, until, done=0):
        self.until, self.done = until, done
        alive.add(self)

    def Step(self):
        threads.add(threading.current_thread().name)
        if permits.acquire(timeout=0.02):
            self.done += 1
        return JobStepStatus.SUCCESS if self.done == self.until else JobStepStatus.CONTINUE

    def Stop(self, reason):
        told.append(f"stop {reason.name}")

    def Reset(self):
        told.append("reset")
        self.done = 0

    def GetProgress(self):
        return self.done / self.until

    def GetContent(self):
        return {"Done": self.done, "Until": self.until}

    def GetSerialized(self):
        return {"until": self.until, "done": self.done}

class Smallest:
    # what a job has at least
    def Step(self):
        json.loads("[" * 900 + "]" * 900)  # more than the stack of a thread of Orthanc holds
        return JobStepStatus.SUCCESS

class Once(Smallest):
    # overrides one result, or raises it
    def __init__(self, **results):
        self.results = results

    def _result(self, name, default):
        result = self.results.get(name, default)
        if isinstance(result, BaseException):
            raise result
        return result

    def Step(self):
        return self._result("step", JobStepStatus.SUCCESS)

    def GetProgress(self):
        return self._result("progress", 0.5)

    def GetContent(self):
        return self._result("content", {})

    def GetSerialized(self):
        return self._result("serialized", None)

def submit(job, priority=0):
    return orthanc.CreateJob(type(job).__name__, job).SubmitJob(priority)

def submitted_twice(second):
    job = orthanc.CreateJob("Smallest", Smallest())
    job.SubmitJob()
    second(job)

def permit(number):
    for _ in range(number):
        permits.release()

def first_unserializer(job_type, serialized):
    told.append(f"asked for {job_type}")
    if job_type == "Once":
        raise RuntimeError("this unserializer cannot")

def second_unserializer(job_type, serialized):
    return Gated(**serialized) if job_type == "Gated" else None

def third_unserializer(job_type, serialized):
    if job_type in ("Once", "Other"):
        again = Once(serialized={"again": serialized}, content=serialized)
        return orthanc.CreateJob(job_type, again)

for callback in (first_unserializer, second_unserializer, third_unserializer):
    orthanc.RegisterJobsUnserializer(callback)

try:
    submit(Smallest())
except orthanc.OrthancException as error:
    while_imported = error.args
"""
)
