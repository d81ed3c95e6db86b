# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rule of ``orthanc-runtime doctor``: what it finds, and that it is silent elsewhere."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sound_facts import (
    GIGABYTE,
    LIBRARY,
    MEGABYTE,
    OURS,
    PACKAGE,
    POOL,
    REFERENCE,
    RUNNING,
    configured,
    environment,
    facts,
    machine,
    package,
    plugins,
    running,
    unit,
)

from orthanc_runtime.cli.doctor import (
    machine_rules,
    plugin_rules,
    running_rules,
    sizing_rules,
    unit_rules,
)
from orthanc_runtime.cli.doctor.facts import (
    Environment,
    Facts,
    PluginFile,
    PluginKind,
)
from orthanc_runtime.cli.doctor.rules import RULES, Rule, examine
from orthanc_runtime.findings import Level

pytestmark = pytest.mark.unit


def test_nothing_is_wrong() -> None:
    assert examine(facts()) == []
    assert examine(Facts(PACKAGE)) == []


CASES: list[tuple[Rule, Facts, Level, str, str]] = [
    (
        plugin_rules.one_python_plugin,
        facts(configured=plugins(OURS, REFERENCE)),
        Level.ERROR,
        "libOrthancPython.so.4.0",
        "apt-get remove orthanc-python",
    ),
    (
        plugin_rules.one_python_plugin,
        facts(configured=plugins(OURS, PluginFile(Path("/b/x.so"), PluginKind.OURS))),
        Level.ERROR,
        "two copies",
        "keep one",
    ),
    (
        plugin_rules.plugin_is_loaded,
        facts(running=dataclasses.replace(RUNNING, plugins=("python",), status=None)),
        Level.ERROR,
        "but the Python plugin of Orthanc",
        "in place of the other one",
    ),
    (
        plugin_rules.plugin_is_loaded,
        facts(running=None, configured=plugins(REFERENCE)),
        Level.ERROR,
        "does not load this plugin",
        str(LIBRARY),
    ),
    (
        plugin_rules.plugin_is_this_one,
        facts(configured=plugins(dataclasses.replace(OURS, python="3.13"))),
        Level.WARNING,
        "is built for Python 3.13",
        "of that installation",
    ),
    (
        plugin_rules.plugin_is_this_one,
        facts(configured=plugins(dataclasses.replace(OURS, path=Path("/b/x.so")))),
        Level.WARNING,
        "/b/x.so belongs to another installation",
        "of that installation",
    ),
    (
        plugin_rules.plugin_is_this_one,
        facts(running=running(Version="0.0.9")),
        Level.WARNING,
        "version 0.0.9 of this plugin, 0.1.0 is installed",
        "restart Orthanc",
    ),
    (
        plugin_rules.plugin_is_this_one,
        facts(running=running(PythonVersion="3.13.1")),
        Level.WARNING,
        "embeds Python 3.13.1",
        '"Plugins"',
    ),
    (
        plugin_rules.sdk_is_known,
        facts(package=package(sdk=(1, 12, 8))),
        Level.WARNING,
        "SDK 1.12.8, this Orthanc is 1.10.1",
        "SDK 1.10.1",
    ),
    (
        plugin_rules.files_are_there,
        facts(
            configured=dataclasses.replace(configured(), absent=(("PythonScript", Path("/no.py")),))
        ),
        Level.ERROR,
        "there is no /no.py",
        "mend the path",
    ),
    (
        plugin_rules.files_are_there,
        facts(
            configured=dataclasses.replace(
                configured(), obstacles=(("PythonScript", "the user orthanc cannot enter /root"),)
            )
        ),
        Level.ERROR,
        "cannot enter /root",
        "/opt",
    ),
    (
        plugin_rules.environment_fits,
        facts(configured=environment(Environment(Path("/v"), "Python.VirtualEnv", False))),
        Level.ERROR,
        "/v has no bin/python3",
        "python3.11 -m venv",
    ),
    (
        plugin_rules.environment_fits,
        facts(configured=environment(Environment(Path("/v"), "", True, ("3.9",)))),
        Level.ERROR,
        "not for Python 3.11, but for 3.9",
        "python3.11 -m venv",
    ),
    (
        sizing_rules.settings_are_right,
        facts(configured=dataclasses.replace(configured(), settings=None, error="Count is 'many'")),
        Level.ERROR,
        "Count is 'many'",
        "config example",
    ),
    (
        sizing_rules.settings_are_right,
        facts(configured=configured(PythonScript=None)),
        Level.WARNING,
        "no script is loaded",
        "PythonScript",
    ),
    (
        sizing_rules.connections_are_fast,
        facts(configured=configured(TcpNoDelay=False)),
        Level.WARNING,
        "TcpNoDelay is false",
        '"TcpNoDelay" to true',
    ),
    (
        sizing_rules.connections_are_fast,
        facts(configured=configured(KeepAlive=False)),
        Level.WARNING,
        "KeepAlive is false",
        '"KeepAlive" to true',
    ),
    (
        sizing_rules.workers_fit_cores,
        facts(configured=configured(6)),
        Level.WARNING,
        "6 workers for 4 usable cores",
        "lower Count to 4",
    ),
    (
        sizing_rules.workers_fit_cores,
        facts(configured=configured({"Count": 2, "Threads": 4})),
        Level.WARNING,
        "2 workers with 4 threads each for 4 cores",
        "set Threads to 2",
    ),
    (
        sizing_rules.workers_fit_memory,
        facts(configured=configured({"Count": 4, "MaximumMemory": 4000})),
        Level.WARNING,
        "4 workers need 16000 MB, this machine has 16384 MB",
        "lower Count or MaximumMemory",
    ),
    (
        sizing_rules.workers_fit_memory,
        facts(running=running(Pools=[POOL | {"Workers": [{"Memory": 5 * GIGABYTE}]}])),
        Level.WARNING,
        "4 workers need 20480 MB",
        "Preload",
    ),
    (
        sizing_rules.threads_serve_workers,
        facts(configured=configured({}, HttpThreadsCount=5)),
        Level.WARNING,
        "3 of 4 usable cores get a worker",
        "raise HttpThreadsCount",
    ),
    (
        sizing_rules.threads_serve_workers,
        facts(configured=configured({"Count": 4, "RestTransport": "Http"}, HttpThreadsCount=10)),
        Level.WARNING,
        "no request can wait for a worker: HttpThreadsCount is 10",
        "set HttpThreadsCount to 18",
    ),
    (
        sizing_rules.threads_serve_workers,
        facts(configured=configured({"Count": 4, "MaximumQueued": 100})),
        Level.WARNING,
        "100 requests may wait, but HttpThreadsCount is 50",
        "set HttpThreadsCount to 106",
    ),
    (
        sizing_rules.deadlines_fit_clients,
        facts(client_timeout=60.0),
        Level.WARNING,
        "an answer may take 345 s, clients wait 60 s",
        "proxy_read_timeout",
    ),
    (
        sizing_rules.deadlines_fit_clients,
        facts(configured=configured({"Count": 4, "Timeout": 0})),
        Level.NOTE,
        "no deadline",
        "set Timeout",
    ),
    (
        machine_rules.swap_is_quiet,
        facts(machine=machine(swap_used=500 * MEGABYTE)),
        Level.WARNING,
        "500 MB of swap are in use",
        "Count",
    ),
    (
        machine_rules.swap_is_quiet,
        facts(machine=machine(swap=0)),
        Level.NOTE,
        "no swap",
        "MaximumMemory",
    ),
    (
        machine_rules.shared_memory_is_there,
        facts(machine=machine(shared_memory=None)),
        Level.WARNING,
        "no /dev/shm",
        "--shm-size",
    ),
    (
        machine_rules.shared_memory_is_there,
        facts(machine=machine(shared_memory=64 * MEGABYTE)),
        Level.NOTE,
        "64 MB of shared memory",
        "--shm-size",
    ),
    (
        machine_rules.descriptors_suffice,
        facts(machine=machine(open_files=256)),
        Level.WARNING,
        "about 264 files and sockets are needed, 256 are allowed",
        "LimitNOFILE",
    ),
    (
        machine_rules.descriptors_suffice,
        facts(machine=machine(open_files=1024, open_files_used=900)),
        Level.WARNING,
        "900 files and sockets open, 1024 are allowed",
        "LimitNOFILE",
    ),
    (
        unit_rules.unit_waits_for_requests,
        facts(configured=configured({"ShutdownTimeout": 50})),
        Level.WARNING,
        "orthanc.service is killed after 60 s (TimeoutStopSec), ShutdownTimeout is 50 s",
        "set TimeoutStopSec to 66 or more (`systemctl edit orthanc.service`)",
    ),
    (
        unit_rules.unit_survives_its_workers,
        facts(unit=unit(oom_policy="stop")),
        Level.WARNING,
        "OOMPolicy of orthanc.service is stop",
        "OOMPolicy=continue",
    ),
    (
        unit_rules.unit_survives_its_workers,
        facts(unit=unit(kill_mode="process")),
        Level.WARNING,
        "KillMode of orthanc.service is process",
        "KillMode=mixed",
    ),
    (
        unit_rules.unit_survives_its_workers,
        facts(unit=unit(kill_mode="control-group")),
        Level.NOTE,
        "KillMode of orthanc.service is control-group",
        "KillMode=mixed",
    ),
    (
        running_rules.pools_serve,
        facts(running=running(Pools=[POOL | {"Broken": "the script\nfails"}])),
        Level.ERROR,
        "the pool default is broken: the script fails",
        "check SCRIPT",
    ),
    (
        running_rules.pools_serve,
        facts(running=running(Pools=[POOL | {"Tasks": {"saturated": 7}}])),
        Level.WARNING,
        "7 tasks of the pool default: saturated",
        "raise Count",
    ),
    (
        running_rules.queue_moves,
        facts(running=running(Pools=[POOL | {"Durations": {"Count": 10, "TotalSeconds": 100}}])),
        Level.WARNING,
        "44 requests may wait, the last of them 110 s",
        "set MaximumQueued to 18",
    ),
    (
        running_rules.slow_handlers_are_offloaded,
        facts(running=running(SlowHandlers=[{"Route": "/x", "LongestSeconds": 2.5, "Count": 3}])),
        Level.WARNING,
        "/x took 2.5 s of processor time in Orthanc itself",
        '"OffloadRoutes": ["/x"]',
    ),
]


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.mark.parametrize(("rule", "given", "level", "what", "remedy"), CASES, ids=name_of)
def test_a_rule(
    rule: Callable[..., Any], given: Facts, level: Level, what: str, remedy: str
) -> None:
    (finding,) = rule(given)
    assert finding.level is level
    assert what in finding.what
    assert remedy in finding.remedy
    assert finding.why
    assert "\n" not in finding.what + finding.why + finding.remedy


def test_each_rule_has_a_case() -> None:
    assert set(RULES) == {rule for rule, *_ in CASES}


def test_odd_settings_are_noted() -> None:
    found = sizing_rules.settings_are_right(
        facts(configured=configured(Python={"Workers": 4, "AllowThreads": True}))
    )
    assert [(finding.level, finding.place) for finding in found] == [(Level.NOTE, "Python")]
