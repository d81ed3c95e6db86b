# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Handlers that share a worker, and some that do not."""

from __future__ import annotations

SCRIPT = r"""
import asyncio, os, time
import orthanc
from orthanc_runtime import offload

class Meeting:
    def __init__(self):
        self.here, self.all_here = 0, asyncio.Event()

meetings = {}

async def meet(name, count):
    meeting = meetings.setdefault(name, Meeting())
    meeting.here += 1
    if meeting.here == count:
        meeting.all_here.set()
    await meeting.all_here.wait()
    return os.getpid()

async def file_appears(path):
    while not os.path.exists(path):
        await asyncio.sleep(0.01)

@offload(concurrency=10)
async def meets(output, uri, **request):
    pid = await meet(request["get"]["name"], 10)
    orthanc.LogWarning("MET " + orthanc.RestApiGet("/system").decode()[:1])
    output.AnswerBuffer(str(pid), "text/plain")

@offload(concurrency=10)
async def meet_function(name):
    return await meet(name, 10)

def meets_by_calls(output, uri, **request):
    futures = [meet_function.submit("calls") for _ in range(10)]
    output.AnswerBuffer(str(len({future.result(30) for future in futures})), "text/plain")

late_was_cancelled = asyncio.Event()

@offload(concurrency=10, timeout=1)
async def late(output, uri, **request):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        late_was_cancelled.set()
        raise

@offload(concurrency=10)
async def after_the_late_one(output, uri, **request):
    await late_was_cancelled.wait()
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(concurrency=10, timeout=1)
async def blocks(output, uri, **request):
    time.sleep(1000)

@offload(concurrency=10)
async def dies(output, uri, **request):
    os._exit(3)

@offload(concurrency=10)
async def shared(output, uri, **request):
    await file_appears(request["get"]["until"])
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(concurrency=2)
async def two_at_once(output, uri, **request):
    await file_appears(request["get"]["until"])
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
def alone(output, uri, **request):
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload
async def alone_too(output, uri, **request):
    await asyncio.sleep(0)
    output.AnswerBuffer(str(os.getpid()), "text/plain")

@offload(concurrency=10)
async def raises(output, uri, **request):
    await asyncio.sleep(0)
    raise LookupError("nothing here")

@offload(concurrency=10)
async def reaches(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins("/" + request["get"]["to"]), "text/plain")

@offload(concurrency=10)
async def reaches_by_thread(output, uri, **request):
    target = "/" + request["get"]["to"]
    answer = await asyncio.to_thread(orthanc.RestApiGetAfterPlugins, target)
    output.AnswerBuffer(answer, "text/plain")

@offload(concurrency=10)
async def in_parts(output, uri, **request):
    output.StartMultipartAnswer("mixed", "text/plain")
    for number in range(3):
        await asyncio.sleep(0)
        output.SendMultipartItem(f"part {number}")

@offload(concurrency=10)
async def simple(output, uri, **request):
    await asyncio.sleep(0)
    output.AnswerBuffer(str(os.getpid()), "text/plain")

for function in (meets, meets_by_calls, late, after_the_late_one, blocks, dies, shared,
                 two_at_once, alone, alone_too, raises, reaches, reaches_by_thread, in_parts,
                 simple):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""
