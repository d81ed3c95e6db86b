# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``orthanc`` module of a worker: what it has, and what it says about the rest."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import pytest

from orthanc_runtime.errors import NotInWorker, OrthancException
from orthanc_runtime.offload import offload
from orthanc_runtime.role import RestAccess
from orthanc_runtime.workers.orthanc_module import OrthancModule
from orthanc_runtime.workers.role import WorkerRole
from orthanc_runtime.workers.worker_loop import WorkerLoop

pytestmark = pytest.mark.unit


SDK: Any = importlib.import_module("orthanc_runtime.sdk")


class Calls:
    """Stands in for the sockets."""

    def __init__(self) -> None:
        self.made: list[tuple[Any, ...]] = []

    def call(self, *head: Any, parts: Sequence[bytes] = ()) -> tuple[Any, bytes]:
        self.made.append((*head, *map(bytes, parts)))
        return None if head[0].startswith("RestApiDelete") else True, b"answer"

    def log(self, level: int, text: str) -> None:
        self.made.append((level, text))


class Worker:
    def __init__(self) -> None:
        self.calls = Calls()
        facts = {
            "configuration": "{}",
            "orthanc_path": "/a/b",
            "orthanc_directory": "/a",
            "configuration_path": "/c",
        }
        calls: Any = self.calls
        self.role = WorkerRole(RestAccess("", ""), calls, WorkerLoop(calls))
        self.role.table.module = "script"
        self.built = OrthancModule(SDK, calls, self.role, facts, "token")
        self.orthanc: Any = self.built.module


@pytest.fixture
def worker() -> Worker:
    return Worker()


def test_what_needs_no_orthanc(worker: Worker) -> None:
    orthanc = worker.orthanc
    assert orthanc.ErrorCode is SDK.ErrorCode
    assert orthanc.OrthancException is OrthancException
    assert orthanc.GenerateRestApiAuthorizationToken() == "token"
    assert orthanc.GetConfiguration() == "{}"
    assert orthanc.GetOrthancPath() == "/a/b"
    assert orthanc.GetOrthancDirectory() == "/a"
    assert orthanc.GetConfigurationPath() == "/c"
    assert worker.calls.made == []


def test_registrations_are_recorded_during_the_import_only(worker: Worker) -> None:
    orthanc = worker.orthanc
    assert orthanc.RegisterRestCallback("/a", print) is None
    assert orthanc.RegisterOnChangeCallback(print) is None
    assert orthanc.ExtendOrthancExplorer("x") is None
    assert worker.built.recorded == ["RegisterOnChangeCallback", "ExtendOrthancExplorer"]
    assert worker.role.table.rest_route("/a", print).address == "rest:script:/a#2"
    for arguments in ((5, print), ("/a", 5)):
        with pytest.raises(TypeError, match="a regular expression and a callable"):
            orthanc.RegisterRestCallback(*arguments)
    worker.built.imported()
    for name in ("ExtendOrthancExplorer", "RegisterOnChangeCallback", "RegisterRestCallback"):
        with pytest.raises(NotInWorker, match=f"orthanc.{name} works in a worker only while"):
            getattr(orthanc, name)("/a", print)


def test_an_error_code_is_that_of_the_master(worker: Worker) -> None:
    register = worker.orthanc.RegisterErrorCode
    assert register(65000, 409, "mine") == 65000
    for arguments in (("65000", 409, "mine"), (65000, None, "mine"), (65000, 409, b"mine")):
        with pytest.raises(TypeError):
            register(*arguments)
    worker.built.imported()
    with pytest.raises(NotInWorker, match="RegisterErrorCode works in a worker only while"):
        register(65001, 409, "late")


def test_chunked_routes_are_counted_as_the_master_counts_them(worker: Worker) -> None:
    register = worker.orthanc.RegisterChunkedRestCallback
    assert register("/a", get=print, post=print, delete=print) is None
    assert worker.role.table.rest_route("/a", print).address == "rest:script:/a#3"
    assert worker.built.recorded == ["RegisterChunkedRestCallback"]
    with pytest.raises(TypeError, match="a regular expression and callables"):
        register("/a", 5)
    for method in ("post", "put"):
        with pytest.raises(TypeError, match="what reads an upload cannot be offloaded"):
            register("/a", **{method: offload(print)})
    worker.built.imported()
    with pytest.raises(NotInWorker, match="RegisterChunkedRestCallback works in a worker only"):
        register("/a", print)


def test_the_rest_api_answers_after_the_import_only(worker: Worker) -> None:
    orthanc = worker.orthanc
    with pytest.raises(OrthancException) as raised:
        orthanc.RestApiGet("/system")
    assert raised.value.args[0] == 2038
    worker.built.imported()
    assert orthanc.RestApiGet("/a") == b"answer"
    assert orthanc.RestApiPostAfterPlugins("/b", "ü") == b"answer"
    assert orthanc.RestApiPut("/c", bytearray(b"x")) == b"answer"
    assert orthanc.RestApiDeleteAfterPlugins("/d") is None
    assert orthanc.GenerateUuid() == "answer"
    orthanc.LogError("e")
    assert worker.calls.made == [
        ("RestApiGet", "/a"),
        ("RestApiPostAfterPlugins", "/b", 2, "ü".encode()),
        ("RestApiPut", "/c", 1, b"x"),
        ("RestApiDeleteAfterPlugins", "/d"),
        ("GenerateUuid",),
        (0, "e"),
    ]
    assert orthanc.RestApiPostAfterPlugins.__name__ == "RestApiPostAfterPlugins"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("RestApiGet", ()),
        ("RestApiGet", (b"/a",)),
        ("RestApiPost", ("/a",)),
        ("RestApiPost", ("/a", {})),
        ("LogWarning", (5,)),
        ("GenerateUuid", (1,)),
    ],
)
def test_wrong_arguments(worker: Worker, name: str, arguments: tuple[Any, ...]) -> None:
    worker.built.imported()
    with pytest.raises(TypeError):
        getattr(worker.orthanc, name)(*arguments)
    assert worker.calls.made == []


def test_what_is_missing_says_so(worker: Worker) -> None:
    orthanc = worker.orthanc
    with pytest.raises(NotInWorker, match=r"CreateJob is not available .*the steps of a job"):
        orthanc.CreateJob("x", object())
    with pytest.raises(TypeError, match=r"orthanc.DicomInstance: No constructor defined!"):
        orthanc.DicomInstance()
    assert isinstance(orthanc.DicomInstance, type), "can be named in annotations"
    with pytest.raises(AttributeError, match="did you mean 'RestApiGet'"):
        orthanc.RestApiGte  # noqa: B018
    assert not hasattr(orthanc, "__path__")
