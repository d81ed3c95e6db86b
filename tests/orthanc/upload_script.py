# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of uploads: one that tells what it was given, and faulty ones."""

from __future__ import annotations

SCRIPT = r"""
import hashlib
import json
import orthanc
from orthanc_runtime import offload, role

class Digest:
    def __init__(self, uri, **request):
        self.uri, self.request = uri, request
        self.sizes, self.sha256 = [], hashlib.sha256()

    def AddChunk(self, chunk):
        assert type(chunk) is bytes
        if not self.sizes:
            orthanc.LogWarning("CHUNK")
        self.sizes.append(len(chunk))
        self.sha256.update(chunk)

    def Execute(self, output):
        output.AnswerBuffer(json.dumps({
            "uri": self.uri, "sizes": self.sizes, "sha256": self.sha256.hexdigest(),
            "request": {key: value for key, value in self.request.items() if key != "headers"},
            "header": self.request["headers"].get("x-question")}), "application/json")

    def Finalize(self):
        orthanc.LogWarning(f"FINALIZED after {sum(self.sizes)}")

def get(output, uri, groups, get, **request):
    output.AnswerBuffer(f"{groups[0]} {get}", "text/plain")

orthanc.RegisterChunkedRestCallback("/digest/(.*)", get, Digest, None, Digest)

@offload
def delete(output, uri, **request):
    output.AnswerBuffer(f"{uri} {role.current().in_worker}", "text/plain")

orthanc.RegisterChunkedRestCallback("/gone", delete=delete)

kept = []

class Fails:
    def __init__(self, uri, groups, **request):
        self.place, self.chunks = groups[0], 0
        self.fail("factory")

    def fail(self, place):
        if self.place == place:
            raise orthanc.OrthancException(17, "Unknown resource")
        if self.place == "raise-" + place:
            raise ValueError("not " + place)

    def AddChunk(self, chunk):
        self.chunks += 1
        self.fail("chunk")

    def Execute(self, output):
        self.fail("execute")
        kept.append(output)
        if self.place != "silent":
            output.AnswerBuffer("fine", "text/plain")

    def Finalize(self):
        orthanc.LogWarning(f"ENDED {self.place} after {self.chunks}")
        self.fail("finalize")

orthanc.RegisterChunkedRestCallback("/fails/(.*)", post=Fails)
orthanc.RegisterChunkedRestCallback("/no-reader", post=lambda uri, **request: None)

def kept_output(output, uri, **request):
    try:
        kept[-1].AnswerBuffer("again", "text/plain")
    except orthanc.OrthancException as error:
        output.AnswerBuffer(str(error), "text/plain")

orthanc.RegisterRestCallback("/kept", kept_output)

class Registers(Digest):
    def Execute(self, output):
        orthanc.RegisterChunkedRestCallback("/late/two", post=Digest)
        super().Execute(output)

def register(output, uri, **request):
    orthanc.RegisterChunkedRestCallback("/late/one", get=get_late, post=Registers)
    try:
        orthanc.RegisterChunkedRestCallback("/bad(", get=get_late)
    except ValueError as error:
        output.AnswerBuffer(str(error), "text/plain")

def get_late(output, uri, **request):
    output.AnswerBuffer("late", "text/plain")

orthanc.RegisterRestCallback("/register", register)

refused = {}

def refuse(name, *arguments, **keywords):
    try:
        orthanc.RegisterChunkedRestCallback(*arguments, **keywords)
    except Exception as error:
        refused[name] = f"{type(error).__name__}: {error}"

refuse("nothing", "/x")
refuse("number", "/x", 5)
refuse("keyword", "/x", head=get)
refuse("offloaded", "/x", post=delete)
refuse("pattern", "/x(", post=Digest)
orthanc.RegisterRestCallback("/refused", lambda output, uri, **request:
                             output.AnswerBuffer(json.dumps(refused), "application/json"))
"""
