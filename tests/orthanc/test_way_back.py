# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest`` and ``orthanc.RestApi*`` from a worker."""

from __future__ import annotations

from typing import Any

import pytest
from dicom_files import dicom_bytes
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import json, threading, time, urllib.request
import orthanc
import orthanc_runtime
from orthanc_runtime import in_worker, offload, rest

try:
    orthanc.RestApiGet("/system")
    IMPORT = "answered"
except orthanc.OrthancException as error:
    IMPORT = list(error.args)

def evaluate(output, uri, **request):
    try:
        value = eval(request["headers"]["expression"], dict(globals(), body=request["body"]))
        text = json.dumps(value, default=lambda value: value.decode("latin-1"))
    except Exception as error:
        text = json.dumps([type(error).__name__, str(error)])
    output.AnswerBuffer(text, "application/json")

def register(pattern, handler):
    orthanc.RegisterRestCallback("/master" + pattern, handler)
    orthanc.RegisterRestCallback("/worker" + pattern, offload(handler))

register("/evaluate", evaluate)

def find(output, uri, **request):
    found = orthanc.RestApiPost("/tools/find", request["body"])
    answer = {"through": in_worker, "found": json.loads(found)}
    output.AnswerBuffer(json.dumps(answer), "application/json")

orthanc.RegisterRestCallback("/tools/find", offload(find))

def in_thread(function):
    found = []
    def run():
        try:
            found.append(function())
        except Exception as error:
            found.append([type(error).__name__, str(error)])
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]

def get_with_urllib():
    request = urllib.request.Request(rest.url + "/system", headers={"Authorization": rest.token})
    return json.load(urllib.request.urlopen(request, timeout=30))["Name"]

def twice_with_a_pause():
    first = rest.get("/system").status_code
    time.sleep(1.5)  # Orthanc drops an idle connection after a second
    return [first, rest.post("/tools/lookup", data="x").status_code]
"""
PLACES = pytest.mark.parametrize("place", ["/master", "/worker"])
NAME = "orthanc-runtime-tests"


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    config = {"Python": {"Workers": 1}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


def evaluate(server: OrthancServer, place: str, expression: str, body: bytes = b"") -> Any:
    answer = server.post(f"{place}/evaluate", body, headers={"Expression": expression})
    assert answer.status_code == 200, answer.text
    return answer.json()


@PLACES
@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("rest.get('/system').json()['Name']", NAME),
        ("rest.get('system').json()['Name']", NAME),
        ("rest.get('/tools/now').headers['Content-Type']", "text/plain"),
        ("rest.get('/instances/nope').status_code", 404),
        ("rest.post('/tools/lookup', data='nothing').json()", []),
        ("rest.get('/patients', params={'expand': ''}).status_code", 200),
        ("get_with_urllib()", NAME),
        ("twice_with_a_pause()", [200, 200]),
        ("in_thread(lambda: rest.get('/system').status_code)", 200),
        ("json.loads(orthanc.RestApiGet('/system'))['Name']", NAME),
        ("in_thread(lambda: json.loads(orthanc.RestApiGet('/system')))['Name']", NAME),
        ("json.loads(orthanc.RestApiPost('/tools/lookup', 'nothing'))", []),
        ("len(orthanc.GenerateUuid())", 36),
        ("in_thread(lambda: len(orthanc.GenerateUuid()))", 36),
        ("orthanc.LogInfo('x')", None),
        ("json.loads(orthanc.GetConfiguration())['Name']", NAME),
        ("orthanc.ChangeType.NEW_INSTANCE.name", "NEW_INSTANCE"),
        ("orthanc.RestApiGet('/instances/nope')", ["OrthancException", "(17, 'Unknown resource')"]),
        ("orthanc.RestApiGet('x')", ["OrthancException", "(12, 'Badly formatted URI')"]),
        ("orthanc.RestApiGet(5)[0]", "TypeError"),
    ],
)
def test_expression(server: OrthancServer, place: str, expression: str, value: Any) -> None:
    if value == "TypeError":
        expression = expression.removesuffix("[0]")
        assert evaluate(server, place, expression)[0] == value
    else:
        assert evaluate(server, place, expression) == value


@PLACES
def test_instances_by_rest(server: OrthancServer, place: str) -> None:
    dicom = dicom_bytes("CT_small.dcm")
    stored = evaluate(server, place, "rest.post('/instances', data=body).json()", dicom)
    uri = f"/instances/{stored['ID']}"
    file = evaluate(server, place, f"rest.get('{uri}/file').content")
    assert file.encode("latin-1") == dicom
    put = f"rest.put('{uri}/metadata/2000', data='hello').status_code"
    assert evaluate(server, place, put) == 200
    assert evaluate(server, place, f"rest.get('{uri}/metadata/2000').text") == "hello"
    assert evaluate(server, place, f"rest.delete('{uri}').status_code") == 200
    assert evaluate(server, place, f"rest.get('{uri}').status_code") == 404


@PLACES
def test_instances_by_the_sdk(server: OrthancServer, place: str) -> None:
    dicom = dicom_bytes("MR_small.dcm")
    stored = evaluate(server, place, "json.loads(orthanc.RestApiPost('/instances', body))", dicom)
    uri = f"/instances/{stored['ID']}"
    file = evaluate(server, place, f"orthanc.RestApiGet('{uri}/file')")
    assert file.encode("latin-1") == dicom
    assert evaluate(server, place, f"orthanc.RestApiPut('{uri}/metadata/2000', 'hello')") == ""
    assert evaluate(server, place, f"orthanc.RestApiGet('{uri}/metadata/2000')") == "hello"
    assert evaluate(server, place, f"orthanc.RestApiDelete('{uri}')") is None
    assert evaluate(server, place, f"orthanc.RestApiGet('{uri}')")[0] == "OrthancException"


@PLACES
def test_rest_reaches_nobody_else(server: OrthancServer, place: str) -> None:
    kind, text = evaluate(server, place, "rest.get('http://127.0.0.2:1/system')")
    assert kind == "InvalidURL"
    assert "127.0.0.2" in text


@PLACES
def test_log_calls(server: OrthancServer, place: str) -> None:
    for level, prefix in [("Warning", "W"), ("Error", "E")]:
        words = f"{level} of {place}"
        evaluate(server, place, f"orthanc.Log{level}({words!r})")
        server.wait_log(rf"^{prefix}.*{words}")
        evaluate(server, place, f"in_thread(lambda: orthanc.Log{level}('threaded {words}'))")
        server.wait_log(rf"^{prefix}.*threaded {words}")


@PLACES
def test_rest_api_during_import_is_2038(server: OrthancServer, place: str) -> None:
    assert evaluate(server, place, "IMPORT")[0] == 2038


def test_sdk_calls_of_a_worker_never_go_over_http(server: OrthancServer) -> None:
    """Orthanc logs every HTTP request, and so shows which ones there were."""
    assert server.put("/tools/log-level-http", "verbose").status_code == 200
    try:
        evaluate(server, "/worker", "orthanc.RestApiGet('/statistics').decode()")
        server.wait_log("POST /worker/evaluate", start=server.log_offset)
        assert "GET /statistics" not in server.log[server.log_offset :]
        evaluate(server, "/worker", "rest.get('/statistics').status_code")
        server.wait_log("GET /statistics", start=server.log_offset)
    finally:
        server.put("/tools/log-level-http", "default")


def test_overridden_built_in_route_is_reached(server: OrthancServer) -> None:
    server.upload(dicom_bytes("CT_small.dcm"))
    answer = server.post("/tools/find", '{"Level": "Instance", "Query": {}}').json()
    assert answer["through"] is True
    assert len(answer["found"]) >= 1


@pytest.mark.parametrize(
    "expression",
    [
        "orthanc.CreateJob('x', object())",
        "orthanc.ChunkedHttpClient(0, 'http://127.0.0.1/')",
        "orthanc.RegisterRestCallback('/late', print)",
        "orthanc.RegisterOnChangeCallback(print)",
    ],
)
def test_rest_of_the_sdk_is_refused_by_name(server: OrthancServer, expression: str) -> None:
    kind, text = evaluate(server, "/worker", expression)
    assert kind == "NotInWorker"
    assert expression.split("(")[0] in text
    assert "master" in text


def test_unknown_name_of_the_module(server: OrthancServer) -> None:
    assert evaluate(server, "/worker", "orthanc.RestApiGett")[0] == "AttributeError"


def test_concurrent_calls_from_threads_of_one_handler(server: OrthancServer) -> None:
    expression = (
        "[list(__import__('concurrent.futures').futures.ThreadPoolExecutor(8).map("
        "lambda n: json.loads(orthanc.RestApiPost('/tools/lookup', str(n))), range(100)))]"
    )
    assert evaluate(server, "/worker", expression) == [[[]] * 100]
