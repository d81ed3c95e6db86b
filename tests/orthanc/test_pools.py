# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named pools: workers of their own for some handlers, ``@offload(pool=)``."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import asyncio, os, time
import orthanc
from orthanc_runtime import in_worker, offload, on_worker_start, rest

loaded = []

@on_worker_start(pool="gpu")
def load_model():
    if os.path.exists(__file__ + ".no_device"):
        raise RuntimeError("no device")
    loaded.append("model")

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)

@offload
def waits(output, uri, **request):
    wait_for(request["get"]["until"])
    output.AnswerBuffer("waited", "text/plain")

@offload(pool="gpu")
def gpu_waits(output, uri, **request):
    wait_for(request["get"]["until"])
    output.AnswerBuffer("waited", "text/plain")

@offload
def plain(output, uri, **request):
    output.AnswerBuffer(f"{os.getpid()} {loaded}", "text/plain")

@offload(pool="gpu")
def infer(output, uri, **request):
    orthanc.LogWarning("INFERS")
    output.AnswerBuffer(f"{os.getpid()} {loaded}", "text/plain")

@offload(pool="gpu")
def double(value):
    return value * 2, os.getpid()

def unmodified(output, uri, **request):
    output.AnswerBuffer(f"{os.getpid()} {in_worker}", "text/plain")

def from_orthanc(output, uri, **request):
    (called, pid), (submitted, other) = double(4), double.submit(5).result(30)
    output.AnswerBuffer(f"{called} {submitted} {pid == other} {pid}", "text/plain")

def through(target):
    return orthanc.RestApiGetAfterPlugins(target)

@offload
def by_channel(output, uri, **request):
    output.AnswerBuffer(through(request["get"]["to"]), "text/plain")

@offload
def by_http(output, uri, **request):
    answer = rest.get(request["get"]["to"])
    output.AnswerBuffer(f"{answer.status_code} {answer.text}", "text/plain")

@offload(pool="gpu")
def gpu_by_channel(output, uri, **request):
    output.AnswerBuffer(through(request["get"]["to"]), "text/plain")

@offload(pool="gpu")
def gpu_by_http(output, uri, **request):
    answer = rest.get(request["get"]["to"])
    output.AnswerBuffer(f"{answer.status_code} {answer.text}", "text/plain")

@offload
def hop(output, uri, **request):
    output.AnswerBuffer(through(request["groups"][0]), "text/plain")

@offload(pool="gpu")
def gpu_hop(output, uri, **request):
    output.AnswerBuffer(through(request["groups"][0]), "text/plain")

@offload
def calls_directly(output, uri, **request):
    answers = [double(4), double.submit(5).result()]
    try:
        double(None)
    except TypeError as error:
        answers.append(str(error))
    output.AnswerBuffer(repr(answers), "text/plain")

@offload
async def awaits(output, uri, **request):
    answers = await asyncio.gather(negated(1), negated(2))
    output.AnswerBuffer(repr(answers), "text/plain")

@offload(pool="gpu")
async def negated(value):
    await asyncio.sleep(0)
    return -value

@offload
def helps():
    return os.getpid()

@offload(pool="gpu")
def calls_the_default_pool(output, uri, **request):
    output.AnswerBuffer(str(helps()), "text/plain")

for function in (waits, gpu_waits, plain, infer, unmodified, from_orthanc, by_channel, by_http,
                 gpu_by_channel, gpu_by_http, calls_directly, awaits, calls_the_default_pool):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
orthanc.RegisterRestCallback("/hop(/.*)", hop)
orthanc.RegisterRestCallback("/gpu_hop(/.*)", gpu_hop)
"""
POOLS = ("default", "gpu")
WORKERS = {
    "Count": 1,
    "QueueTimeout": 30,
    "RestTransport": "Http",
    "Pools": {"gpu": {"Count": 1, "Nice": 3, "Timeout": 20}},
    "OffloadRoutes": [{"pattern": "/unmodified", "pool": "gpu"}],
}


def config(**workers: Any) -> dict[str, Any]:
    return {"HttpThreadsCount": 20, "Python": {"Workers": {**WORKERS, **workers}}}


def pools(server: OrthancServer) -> dict[str, dict[str, Any]]:
    shown = server.get("/python-runtime/status", timeout=5).json()["Pools"]
    return {pool["Name"]: pool for pool in shown}


def pid_of(server: OrthancServer, pool: str) -> int:
    (worker,) = pools(server)[pool]["Workers"]
    pid: int = worker["Pid"]
    return pid


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT, config=config())


@pytest.fixture
def go(tmp_path: Path) -> Path:
    return tmp_path / "go"


def test_status_metrics_stacks_and_log_name_the_pool(server: OrthancServer) -> None:
    shown = pools(server)
    assert {name: pool["Count"] for name, pool in shown.items()} == {"default": 1, "gpu": 1}
    # 18 threads are for them, each worker needs two, and what is left is for both queues
    assert [pool["Queue"]["MaximumAdmitted"] for pool in shown.values()] == [8, 8]
    gpu = pid_of(server, "gpu")
    assert gpu != pid_of(server, "default")
    assert server.get("/infer").text == f"{gpu} ['model']"
    assert server.get("/plain").text == f"{pid_of(server, 'default')} []"
    metrics = server.get("/tools/metrics-prometheus").text
    for pool in ("default", "gpu"):
        assert f'orthanc_runtime_workers_wanted{{pool="{pool}"}} 1' in metrics
    assert f"== worker 0 of pool gpu (pid {gpu})" in server.post("/python-runtime/stacks").text
    server.wait_log(rf"worker 0 of pool gpu \(pid {gpu}\), task \d+: INFERS")


def test_a_pool_has_limits_of_its_own(server: OrthancServer) -> None:
    niceness = [os.getpriority(os.PRIO_PROCESS, pid_of(server, pool)) for pool in POOLS]
    assert niceness[1] - niceness[0] == 3


def test_calls_from_orthanc_and_routes_by_configuration(server: OrthancServer) -> None:
    gpu = pid_of(server, "gpu")
    assert server.get("/from_orthanc").text == f"8 10 True {gpu}"
    assert server.get("/unmodified").text == f"{gpu} True"


def test_a_flood_of_the_default_pool_does_not_delay_another(
    server: OrthancServer, go: Path
) -> None:
    flood = [server.in_background(f"/waits?until={go}") for _ in range(40)]
    until(lambda: pools(server)["default"]["Queue"]["Waiting"] == 7)
    for _ in range(20):
        assert server.get("/infer", timeout=5).status_code == 200
    go.touch()
    statuses = [request.result(40).status_code for request in flood]
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= 8


def test_a_broken_pool_answers_503_while_the_default_one_serves(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config=config())
    no_device = server.script_folder / "script.py.no_device"
    no_device.touch()
    os.kill(pid_of(server, "gpu"), signal.SIGKILL)
    until(lambda: pools(server)["gpu"]["State"] == "broken")
    answer = server.get("/infer")
    assert answer.status_code == 503
    assert "worker 0 of pool gpu" in answer.json()["Message"]
    assert "no device" in answer.json()["Message"]
    assert server.get("/plain").status_code == 200
    assert pools(server)["default"]["State"] == "serving"
    server.wait_log("no worker of the pool gpu is left")
    no_device.unlink()
    server.wait_log("the pool gpu serves again")
    assert server.get("/infer").status_code == 200


@pytest.mark.parametrize("road", ["by_channel", "by_http"])
def test_workers_of_the_default_pool_wait_for_another(
    server: OrthancServer, go: Path, road: str
) -> None:
    busy = server.in_background(f"/gpu_waits?until={go}")
    until(lambda: pools(server)["gpu"]["Queue"]["Admitted"] == 1)
    waiting = server.in_background(f"/{road}?to=/infer")
    until(lambda: pools(server)["gpu"]["Queue"]["Waiting"] == 1)
    go.touch()
    assert busy.result(30).status_code == 200
    answer = waiting.result(30)
    assert answer.status_code == 200
    assert f"{pid_of(server, 'gpu')} " in answer.text


@pytest.mark.parametrize("road", ["by_channel", "by_http"])
def test_but_not_the_other_way_round(server: OrthancServer, go: Path, road: str) -> None:
    busy = server.in_background(f"/waits?until={go}")
    until(lambda: pools(server)["default"]["Queue"]["Admitted"] == 1)
    answer = server.get(f"/gpu_{road}?to=/plain", timeout=5)
    if road == "by_http":
        assert answer.text.startswith("503")
    else:
        assert answer.status_code >= 400
    go.touch()
    assert busy.result(30).status_code == 200


def test_there_and_back_with_one_worker_each(server: OrthancServer) -> None:
    answer = server.get("/hop/gpu_hop/hop/infer")
    assert answer.text == f"{pid_of(server, 'gpu')} ['model']"


def test_calls_of_functions_from_workers_of_another_pool(server: OrthancServer, go: Path) -> None:
    gpu = pid_of(server, "gpu")
    text = server.get("/calls_directly").text
    assert text.startswith(f"[(8, {gpu}), (10, {gpu}), ")
    assert "NoneType" in text
    assert server.get("/awaits").text == "[-1, -2]"
    assert server.get("/calls_the_default_pool").text == str(gpu)
    busy = server.in_background(f"/gpu_waits?until={go}")
    until(lambda: pools(server)["gpu"]["Queue"]["Admitted"] == 1)
    waiting = server.in_background("/calls_directly")
    until(lambda: pools(server)["gpu"]["Queue"]["Waiting"] == 1)
    go.touch()
    assert busy.result(30).status_code == waiting.result(30).status_code == 200


def test_a_reload_concerns_all_pools(orthanc: Launcher) -> None:
    server = orthanc(SCRIPT, config=config())
    before = [pid_of(server, pool) for pool in POOLS]
    assert server.post("/python-runtime/reload").json()["Generation"] == 2
    until(lambda: all(len(pool["Workers"]) == 1 for pool in pools(server).values()))
    assert [pool["Generation"] for pool in pools(server).values()] == [2, 2]
    assert not set(before) & {pid_of(server, pool) for pool in POOLS}
    (server.script_folder / "script.py.no_device").touch()
    answer = server.post("/python-runtime/reload")
    assert answer.status_code == 500
    assert "of pool gpu" in answer.json()["Message"]
    assert [pool["Generation"] for pool in pools(server).values()] == [2, 2]
    assert server.get("/infer").status_code == server.get("/plain").status_code == 200


def test_a_pool_that_is_not_configured_is_named(orthanc: Launcher) -> None:
    pools_there = {"gpu2": {}, "big": {"Count": 2}}
    server = orthanc(SCRIPT, config=config(Pools=pools_there, OffloadRoutes=[]), starts=False)
    assert server.script is not None
    line = SCRIPT.splitlines().index('@on_worker_start(pool="gpu")') + 1
    assert f'@on_worker_start(pool="gpu") at {server.script}:{line}' in server.log
    assert "there are: default, big, gpu2" in server.log


def test_only_pools_with_handlers_are_started(orthanc: Launcher) -> None:
    script = """
    import orthanc
    from orthanc_runtime import offload

    @offload(pool="gpu")
    def infer(output, uri, **request):
        output.AnswerBuffer("inferred", "text/plain")

    orthanc.RegisterRestCallback("/infer", infer)
    """
    server = orthanc(script, config={"Python": {"Workers": {"Pools": {"gpu": {}, "idle": {}}}}})
    assert list(pools(server)) == ["gpu"]
    assert server.get("/infer").text == "inferred"
    assert "no handler is offloaded to the pool idle" in server.log
