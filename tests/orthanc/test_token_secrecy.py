# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token of ``rest``, a key to all of Orthanc, is in the memory of its processes and nowhere
else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import os
import orthanc
from orthanc_runtime import in_worker, offload, rest

@offload
def token(output, uri, **request):
    output.AnswerBuffer(rest.token, "text/plain")

def refused(output, uri, **request):
    rest.get("/none").raise_for_status()

def unsent(output, uri, **request):
    rest.get("/system", timeout=1e-9)

def shown(output, uri, **request):
    from orthanc_runtime import role
    raise RuntimeError(f"{rest!r} {rest} {vars(role.current())}")

def given_by_hand(output, uri, **request):
    rest.get("/system", headers={"Authorization": rest.token + "wrong"}).raise_for_status()

@offload
def crash(output, uri, **request):
    own_key = rest.token
    os.abort()

@offload(timeout=0.3)
def stuck(output, uri, **request):
    own_key = rest.token
    while True:
        pass

for function in (refused, unsent, shown, given_by_hand):
    orthanc.RegisterRestCallback("/worker/" + function.__name__, offload(function))
    orthanc.RegisterRestCallback("/master/" + function.__name__, function)
for function in (token, crash, stuck):
    orthanc.RegisterRestCallback("/" + function.__name__, function)
"""
SHOWN = ["cmdline", "environ", "comm", "status", "stat", "task/*/comm", "mountinfo"]


def secret_of(server: OrthancServer) -> bytes:
    answer = server.get("/token")
    assert answer.status_code == 200
    assert len(answer.content) > 20
    return answer.content.split()[-1]


def shown_by_the_kernel(pids: list[int]) -> Iterator[tuple[Path, bytes]]:
    for pid in pids:
        for pattern in SHOWN:
            for file in Path(f"/proc/{pid}").glob(pattern):
                yield file, file.read_bytes()
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # it was closed meanwhile
                yield link, bytes(link.readlink())


@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
@pytest.mark.parametrize("log_format", ["Text", "Json"])
def test_in_no_process_file_or_log(orthanc: Launcher, method: str, log_format: str) -> None:
    workers = {"Count": 2, "StartMethod": method}
    python = {"Workers": workers, "Verbose": True, "LogFormat": log_format}
    server = orthanc(SCRIPT, config={"Python": python})
    secret = secret_of(server)
    pids = [server.pid, *(process.pid for process in server.children())]
    assert len(pids) >= 3
    for file, content in shown_by_the_kernel(pids):
        assert secret not in content, file
    for path in server.folder.rglob("*"):
        if path.is_file():
            assert secret not in path.read_bytes(), path
    assert server.stop() == 0
    assert secret.decode() not in server.log


@pytest.mark.parametrize("transport", ["Http", "Channel"])
def test_in_no_error_and_no_traceback(orthanc: Launcher, transport: str) -> None:
    """Of handlers whose requests fail, that crash or hang with the token in hand."""
    config = {"Python": {"Workers": {"Count": 1, "RestTransport": transport}}}
    server = orthanc(SCRIPT, config={"HttpDescribeErrors": True, **config})
    secret = secret_of(server)
    paths = [
        f"/{place}/{what}"
        for place in ("master", "worker")
        for what in ("refused", "unsent", "shown", "given_by_hand")
    ]
    for path in [*paths, "/crash", "/stuck"]:
        answer = server.get(path)
        assert secret not in answer.content + str(answer.headers).encode(), path
    server.wait_log("in stuck")
    for path in ("/python-runtime/status", "/tools/metrics-prometheus"):
        assert secret not in server.get(path).content, path
    assert secret not in server.post("/python-runtime/stacks").content
    assert server.stop() == 0
    assert secret.decode() not in server.log


def test_in_no_core_dump(orthanc: Launcher) -> None:
    script = """
        import os, resource
        import orthanc
        from orthanc_runtime import in_worker, offload

        def limits(output, uri, **request):
            soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
            output.AnswerBuffer(f"{os.getcwd()} {soft}", "text/plain")

        @offload
        def crash(output, uri, **request):
            os.abort()

        if not in_worker:  # as an administrator who wants to see dumps of Orthanc
            hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
            resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        orthanc.RegisterRestCallback("/limits", offload(limits))
        orthanc.RegisterRestCallback("/crash", crash)
    """
    config: dict[str, Any] = {"Python": {"Workers": 1}}
    server = orthanc(script, config=config)
    assert server.get("/crash").status_code == 502
    folder, soft = server.get("/limits").text.split()
    assert not list(Path(folder).glob("core*"))
    assert int(soft) in (0, 1)
