# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would be cut off or apart: strings with NUL, headers with line breaks, 4 GiB or more."""

from __future__ import annotations

from typing import Any

import pytest
from both_places import PLACES, REGISTER
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = (
    REGISTER
    + r"""
import json, mmap, re
import numpy
import orthanc_runtime
from orthanc_runtime import sdk

NUL = "a\0b"
# none of its pages is ever touched
BEYOND = mmap.mmap(-1, 2**32 + 1, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)
VALUES = {"str": NUL, "int": 0, "float": 0.0, "Buffer": b"", "Mapping[str, str]": {}}

def arguments(signature):
    # one argument of each parameter, or None where a parameter is a callable or an object
    inside = signature[signature.index("(") + 1:signature.rindex(") ->")]
    found = []
    for parameter in re.split(r", (?![^\[]*\])", inside):
        if parameter in ("/", ""):
            continue
        kinds = parameter.partition(": ")[2].partition(" = ")[0].split(" | ")
        values = [VALUES[kind] for kind in kinds if kind in VALUES]
        if "Buffer" in kinds:
            values = [b""]
        if not values:
            return None
        found.append(values[0])
    return found if NUL in found else None

def outcome(call):
    try:
        call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "nothing raised"

def all_functions(output, uri, **request):
    found = {}
    for name, signatures in sdk.FUNCTIONS.items():
        given = arguments(signatures[0])
        if given is not None and hasattr(orthanc, name):
            found[name] = outcome(lambda: getattr(orthanc, name)(*given))
    output.AnswerBuffer(json.dumps(found), "application/json")

def nothing(*_, **__): ...

def headers(output, text):
    return {
        "AnswerBuffer": outcome(lambda: output.AnswerBuffer("x", text)),
        "SetHttpHeader": outcome(lambda: output.SetHttpHeader("x", text)),
        "SetHttpHeader name": outcome(lambda: output.SetHttpHeader(text, "x")),
        "SetCookie": outcome(lambda: output.SetCookie(text, "x")),
        "Redirect": outcome(lambda: output.Redirect(text)),
        "SendUnauthorized": outcome(lambda: output.SendUnauthorized(text)),
        "SendMethodNotAllowed": outcome(lambda: output.SendMethodNotAllowed(text)),
        "StartMultipartAnswer": outcome(lambda: output.StartMultipartAnswer(text, "x")),
        "SendMultipartItem2": outcome(lambda: output.SendMultipartItem2("x", {"a": text})),
        "HttpClient headers": outcome(lambda: orthanc.HttpClient(
            1, "http://127.0.0.1:1", {"a": text}, b"", "", "", 1, None, None, None, 0)),
    }

def methods(output, uri, **request):
    found = headers(output, NUL)
    found["SetHttpErrorDetails"] = outcome(lambda: output.SetHttpErrorDetails(NUL, 0))
    output.AnswerBuffer(json.dumps(found), "application/json")

def line_breaks(output, uri, **request):
    found = {f"{name} {text!r}": raised for text in ("a\r\nSet-Cookie: b", "a\nb", "a\r")
             for name, raised in headers(output, text).items()}
    output.SetHttpErrorDetails("two\nlines", 0)
    output.AnswerBuffer(json.dumps(found), "application/json")

def sizes(output, uri, **request):
    found = {
        "RestApiPost": outcome(lambda: orthanc.RestApiPost("/tools/find", memoryview(BEYOND))),
        "RestApiPut": outcome(lambda: orthanc.RestApiPut("/x", BEYOND)),
        "CreateDicomInstance": outcome(lambda: orthanc.CreateDicomInstance(BEYOND)),
        "HttpPost": outcome(lambda: orthanc.HttpPost("http://127.0.0.1:1", BEYOND, "", "")),
        "ComputeMd5": outcome(lambda: orthanc.ComputeMd5(BEYOND)),
        "DicomBufferToJson": outcome(lambda: orthanc.DicomBufferToJson(BEYOND, 0, 0, 0)),
        "AnswerBuffer": outcome(lambda: output.AnswerBuffer(BEYOND, "text/plain")),
        "SendHttpStatus": outcome(lambda: output.SendHttpStatus(500, BEYOND)),
        "CreateImage": outcome(lambda: orthanc.CreateImage(1, 2**32, 1)),
        "DecodeDicomImage": outcome(lambda: orthanc.DecodeDicomImage(b"", 2**32)),
    }
    if hasattr(orthanc, "StoreKeyValue"):
        found["StoreKeyValue"] = outcome(lambda: orthanc.StoreKeyValue("a", "b", BEYOND))
    output.AnswerBuffer(json.dumps(found), "application/json")

@orthanc_runtime.offload
def measure(data):
    return len(data)

@orthanc_runtime.offload
def produce():
    return numpy.frombuffer(BEYOND, "u1")

def functions(output, uri, **request):
    found = {"argument": outcome(lambda: measure(numpy.frombuffer(BEYOND, "u1"))),
             "result": outcome(produce)}
    output.AnswerBuffer(json.dumps(found), "application/json")

def registrations(output, uri, **request):
    found = {
        "RegisterRestCallback": outcome(lambda: orthanc.RegisterRestCallback("/a\0b", nothing)),
        "RegisterChunkedRestCallback": outcome(
            lambda: orthanc.RegisterChunkedRestCallback("/a\0b", get=nothing)),
    }
    output.AnswerBuffer(json.dumps(found), "application/json")

register("/functions", all_functions)
register("/methods", methods)
register("/line-breaks", line_breaks)
register("/sizes", sizes)
orthanc.RegisterRestCallback("/registrations", registrations)
orthanc.RegisterRestCallback("/offloaded", functions)
"""
)


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    started: OrthancServer = shared_orthanc(SCRIPT, config={"Python": {"Workers": 1}})
    return started


REFUSED = "ValueError: a string given to Orthanc cannot contain a NUL character"


@pytest.mark.parametrize("place", PLACES)
def test_every_function_refuses_nul(server: OrthancServer, place: str) -> None:
    found: dict[str, str] = server.get(f"{place}/functions").json()
    assert len(found) >= 40
    if place == "/worker":  # what a worker does not have says so
        found = {name: text for name, text in found.items() if not text.startswith("NotInWorker: ")}
        assert len(found) >= 30
    assert {name: text for name, text in found.items() if text != REFUSED} == {}


@pytest.mark.parametrize("place", PLACES)
def test_methods_of_the_output_refuse_nul(server: OrthancServer, place: str) -> None:
    found = server.get(f"{place}/methods").json()
    assert {name: text for name, text in found.items() if text != REFUSED} == {}


@pytest.mark.parametrize("place", PLACES)
def test_headers_cannot_be_split(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/line-breaks")
    refused = "ValueError: an HTTP header cannot contain a line break"
    assert set(answer.json().values()) == {refused}, answer.text
    assert "Set-Cookie" not in answer.headers


def test_registrations_refuse_nul(server: OrthancServer) -> None:
    found = server.get("/registrations").json()
    assert set(found.values()) == {REFUSED}
    assert server.get("/a").status_code == 404


@pytest.mark.parametrize("place", PLACES)
def test_sizes_are_never_cut(server: OrthancServer, place: str) -> None:
    answer = server.get(f"{place}/sizes")
    assert answer.status_code == 200, answer.text
    for name, text in answer.json().items():
        assert text.startswith(("ValueError: ", "OverflowError: ")), (name, text)
        assert "4294967295" in text, (name, text)


def test_offloaded_functions(server: OrthancServer) -> None:
    found = server.get("/offloaded").json()
    for name, function in (("argument", "measure"), ("result", "produce")):
        assert found[name].startswith("NotTransferable: ")
        assert "at most 4294967295" in found[name]
        assert function in found[name]
