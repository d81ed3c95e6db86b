# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: what is accepted, and what the message says where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from orthanc_runtime.errors import SettingsError
from orthanc_runtime.settings import StartMethod
from orthanc_runtime.settings_reading import Settings

pytestmark = pytest.mark.unit


def read(python: Any = None, cores: int = 4, **configuration: Any) -> Settings:
    if python is not None:
        configuration["Python"] = python
    return Settings.from_configuration(configuration, cores=cores)


def refused(python: Any = None, **configuration: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        read(python, **configuration)
    return str(caught.value)


def test_defaults() -> None:
    settings = read()
    workers = settings.workers
    assert settings.python.path is None
    assert not settings.python.verbose
    assert workers.start_method is StartMethod.FORKSERVER
    assert (workers.timeout, workers.queue_timeout) == (300, 45)
    assert (workers.startup_timeout, workers.shutdown_timeout) == (60, 8)
    assert workers.threads == 1
    assert settings.pools[0].capacity.count == 4
    assert settings.warnings == ()


@pytest.mark.parametrize("number", [3, "3", 3.0, " 3 "])
def test_workers_as_a_number_is_the_count(number: Any) -> None:
    assert read({"Workers": number}).workers.count == 3


@pytest.mark.parametrize("name", ["ForkServer", "forkserver", "FORKSERVER"])
def test_choices_in_any_case(name: str) -> None:
    assert read({"Workers": {"StartMethod": name}}).workers.start_method is StartMethod.FORKSERVER


def test_strings_as_containers_set_them() -> None:
    settings = read({"Verbose": "TRUE", "Workers": {"Timeout": "2.5", "Preload": "numpy, pydicom"}})
    assert settings.python.verbose
    assert settings.workers.timeout == 2.5
    assert settings.workers.preload == ("numpy", "pydicom")


@pytest.mark.parametrize(
    ("workers", "words"),
    [
        ({"Timeout": "soon"}, ["Python.Workers.Timeout", "'soon'", "number of seconds"]),
        ({"Timeout": -1}, ["Python.Workers.Timeout", "-1", "from 0"]),
        ({"Timeout": float("inf")}, ["Python.Workers.Timeout"]),
        ({"Count": True}, ["Python.Workers.Count", "True", "whole number"]),
        ({"Count": 1.5}, ["Python.Workers.Count", "1.5", "whole number"]),
        ({"StartMethod": "Fork"}, ["'Fork'", '"ForkServer" or "Spawn"']),
        ({"Preload": [1]}, ["Python.Workers.Preload", "module names"]),
        ({"RestUrl": ""}, ["Python.Workers.RestUrl"]),
        ({"Threads": 0}, ["Python.Workers.Threads", "from 1 to 1024"]),
        ({"Cuont": 2}, ["Python.Workers.Cuont", "2", "did you mean Count?", "QueueTimeout"]),
        ({"zzz": 2}, ["Python.Workers.zzz", "Known: Count"]),
        ("many", ["Python.Workers", "'many'", "object with Count"]),
        (True, ["Python.Workers", "True"]),
        ([2], ["Python.Workers", "[2]"]),
    ],
    ids=str,
)
def test_wrong_values_are_named(workers: Any, words: list[str]) -> None:
    message = refused({"Workers": workers})
    for word in words:
        assert word in message


def test_null_is_the_default() -> None:
    assert read({"Path": None, "Workers": {"Timeout": None}}).workers.timeout == 300


def test_the_section_must_be_an_object() -> None:
    assert "an object" in refused([1])


@pytest.mark.parametrize("key", ["Workres", "workers", "VirtualEnvironment", "path", "Verbos"])
def test_a_slip_directly_under_python_stops(key: str) -> None:
    assert "did you mean" in refused({key: 1})


def test_other_keys_directly_under_python_are_the_scripts() -> None:
    (warning,) = read({"MyOwnOption": {"a": 1}}).warnings
    assert "Python.MyOwnOption" in warning


def test_a_workers_key_in_the_wrong_place_is_named() -> None:
    (warning,) = read({"QueueTimeout": 3}).warnings
    assert "belongs into Python.Workers" in warning


def test_names_of_the_reference_plugin() -> None:
    settings = read(
        {"AllowThreads": True, "DisplayMemoryUsage": True},
        PythonScript="script.py",
        PythonVerbose=True,
    )
    assert settings.python.path == ("script.py",)
    assert settings.python.verbose
    assert len(settings.warnings) == 2


def test_several_scripts() -> None:
    assert read({"Path": ["a.py", "b.py"]}).python.path == ("a.py", "b.py")
    assert read(PythonScript=["a.py"]).python.path == ("a.py",)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], " is []; allowed: the path of a Python file, or a list"),
        (["a.py", 5], "[1] is 5; allowed: the path of a Python file"),
        (["a.py", "b.py", ""], "[2] is ''"),
        ([["a.py"]], "[0] is ['a.py']"),
        ({"a.py": 1}, " is {'a.py': 1}"),
    ],
)
def test_a_bad_list_of_scripts(value: Any, words: str) -> None:
    for key, message in (
        ("Python.Path", refused({"Path": value})),
        ("PythonScript", refused({}, PythonScript=value)),
    ):
        assert key + words in message


def test_older_and_newer_name_together() -> None:
    assert read({"Path": "a.py"}, PythonScript="a.py").python.path == ("a.py",)
    message = refused({"Path": "a.py"}, PythonScript="b.py")
    assert "PythonScript is 'b.py'" in message
    assert "Python.Path is 'a.py'" in message


def test_http_threads_come_from_the_configuration() -> None:
    settings = read({"Workers": {}}, cores=16, HttpThreadsCount=10)
    assert settings.pools[0].capacity.count == 8
    assert "HttpThreadsCount" in refused({}, HttpThreadsCount="few")


POOLS = {"QueueTimeout": 3, "MaximumTasks": 7, "Pools": {"gpu": {"Timeout": "9", "Nice": 2}}}


def test_a_named_pool_inherits_what_it_does_not_set() -> None:
    default, gpu = read({"Workers": {"Count": 3, "MaximumQueued": 5, **POOLS}}).pools
    assert (default.name, gpu.name) == ("default", "gpu")
    assert (gpu.workers.timeout, gpu.workers.nice) == (9, 2)
    assert (default.workers.timeout, default.workers.nice) == (300, 0)
    assert (gpu.workers.queue_timeout, gpu.workers.maximum_tasks) == (3, 7)
    assert (gpu.capacity.count, gpu.workers.maximum_queued) == (1, None)


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        ({"gpu": {"Cuont": 1}}, ["Pools.gpu.Cuont", "did you mean Count?", "Known: Count"]),
        ({"gpu": {"RestTransport": "Http"}}, ["Pools.gpu.RestTransport", "one for all pools"]),
        ({"gpu": {"Pools": {}}}, ["Pools.gpu.Pools", "one for all pools"]),
        ({"gpu": {"Timeout": "soon"}}, ["Pools.gpu.Timeout is 'soon'", "number of seconds"]),
        ({"gpu": {"Count": 0}}, ["Pools.gpu.Count is 0", "from 1 to 1024"]),
        ({"gpu": {"Count": 49}}, ["Pools.gpu.Count is 49", "HttpThreadsCount"]),
        ({"gpu": 1}, ["Pools.gpu is 1; allowed: an object"]),
        (["gpu"], ["Pools is ['gpu']"]),
        ({"default": {}}, ["Pools.default", "Python.Workers itself"]),
        ({'a"b': {}}, ["1 to 32 letters"]),
    ],
    ids=str,
)
def test_wrong_pools_are_named(pools: Any, words: list[str]) -> None:
    message = refused({"Workers": {"Pools": pools}})
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ([{"pattern": "/a", "pool": "gpu"}], ["'gpu'", "allowed: default"]),
        ([{"patern": "/a"}], ["OffloadRoutes[0]", "'patern'", "a pattern, or"]),
        (["/a", 5], ["OffloadRoutes[1] is 5"]),
    ],
    ids=str,
)
def test_wrong_routes_are_named(routes: Any, words: list[str]) -> None:
    message = refused({"Workers": {"OffloadRoutes": routes}})
    for word in words:
        assert word in message
