# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A script whose workers use ``rest``, and servers that differ by its road."""

from __future__ import annotations

from typing import Any

from dicom_files import dicom_bytes
from launcher import Launcher
from server import OrthancServer

TRANSPORTS = ["Http", "Channel", "Auto"]
SCRIPT = r"""
import json, os, threading, time
import orthanc
from orthanc_runtime import offload, rest

def answer_of(response):
    headers = {name.lower(): value for name, value in response.headers.items()}
    for name in ("connection", "keep-alive", "content-length", "content-encoding", "date",
                 "x-content-type-options"):
        headers.pop(name, None)
    if headers.get("content-type") == "text/plain":
        del headers["content-type"]  # newer Orthancs say so where nobody did
    return [response.status_code, headers, response.text]

def evaluate(output, uri, **request):
    names = dict(globals(), body=request["body"])
    try:
        value = eval(request["headers"]["expression"], names)
    except Exception as error:
        value = [type(error).__name__, str(error)]
    output.AnswerBuffer(json.dumps(value), "application/json")

def show(output, uri, **request):
    request["body"] = request.get("body", b"").decode()
    request["headers"] = {
        name: value for name, value in request["headers"].items()
        if name in ("content-type", "x-mine", "content-length", "accept", "host")
    }
    output.SetHttpHeader("X-Answer", "of show")
    output.AnswerBuffer(json.dumps(request), "application/x-mine")

def raises(output, uri, **request):
    raise orthanc.OrthancException(int(request["groups"][0]), "raised")

def status(output, uri, **request):
    output.SetHttpHeader("X-Answer", "of status")
    output.SetCookie("biscuit", "crisp")
    output.SendHttpStatus(int(request["groups"][0]), b"body\0 of it")

def redirects(output, uri, **request):
    output.Redirect("/system")

def refuses(output, uri, **request):
    output.SendUnauthorized("the realm")

def not_allowed(output, uri, **request):
    output.SendMethodNotAllowed("GET,PUT")

def details(output, uri, **request):
    output.SetHttpErrorDetails("said by the handler", False)
    raise orthanc.OrthancException(orthanc.ErrorCode.BAD_JSON, "x")

def parts(output, uri, **request):
    output.StartMultipartAnswer("mixed", "text/plain")
    output.SendMultipartItem(b"first")
    output.SendMultipartItem(b"second\0")

def image(output, uri, **request):
    output.CompressAndAnswerPngImage(orthanc.PixelFormat.GRAYSCALE8, 4, 2, 4, bytes(range(8)))

def silent(output, uri, **request):
    pass

def asks(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGetAfterPlugins("/show") + b" asked", "text/plain")

for function in (redirects, refuses, not_allowed, details, parts, image, silent, asks):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
for name in ("status", "redirects", "refuses", "not_allowed", "details", "silent"):
    orthanc.RegisterRestCallback(f"/offloaded/{name}/?(.*)", offload(globals()[name]))
orthanc.RegisterRestCallback("/status/(.*)", status)

def in_thread(function):
    found = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found[0]

def outcome(function):
    try:
        return function()
    except Exception as error:
        return type(error).__name__

def forked(function):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(function()).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    return os.read(reading, 1000).decode()

def is_socket(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    except OSError:
        return False

orthanc.RegisterRestCallback("/evaluate", offload(evaluate))
orthanc.RegisterRestCallback("/show", show)
orthanc.RegisterRestCallback("/raises/([0-9]+)", raises)

@offload
def three(output, uri, **request):
    found = []
    for _ in range(3):
        found.append(rest.get("/tools/now").status_code)
    found.append(len(orthanc.RestApiGet("/system")) > 0)
    output.AnswerBuffer(json.dumps(found), "application/json")

orthanc.RegisterRestCallback("/three", three)
"""


def start_each(launch: Launcher) -> dict[str, OrthancServer]:
    """One server of each transport, with the same instance."""
    started = {}
    for transport in TRANSPORTS:
        workers = {"Count": 1, "RestTransport": transport}
        server = launch(SCRIPT, config={"Python": {"Workers": workers}})
        server.upload(dicom_bytes("CT_small.dcm"))
        started[transport] = server
    return started


def evaluate(server: OrthancServer, expression: str, body: bytes = b"") -> Any:
    answer = server.post("/evaluate", body, headers={"Expression": expression})
    assert answer.status_code == 200, answer.text
    return answer.json()


def goes_over_http(server: OrthancServer) -> bool:
    """Whether a request of ``rest`` is one of those that the HTTP server has logged."""
    assert server.put("/tools/log-level-http", "verbose").status_code == 200
    try:
        start = len(server.log)
        assert evaluate(server, "rest.get('/statistics').status_code") == 200
        server.wait_log("POST /evaluate", start=start)
        return "GET /statistics" in server.log[start:]
    finally:
        server.put("/tools/log-level-http", "default")
