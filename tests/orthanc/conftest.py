# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures that start a real Orthanc, and tell its log when a test fails or hangs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from launcher import SERVERS, Launcher
from plugin_choice import reference_chosen
from processes import stacks
from sdk_version import sdk_under_test

TIMERS: dict[str, threading.Timer] = {}


class Closing:
    """Stops servers while the next tests run: of two seconds that a stop takes, most is waiting.

    What a server did wrong is an error at the end of the module, which names the test.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(16, thread_name_prefix="closing")
        self._futures: list[Future[None]] = []

    def add(self, launcher: Launcher) -> None:
        self._futures.append(self._executor.submit(launcher.close))

    def finish(self) -> None:
        self._executor.shutdown()
        problems = [str(future.exception()) for future in self._futures if future.exception()]
        if problems:
            pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture(scope="module")
def closing() -> Iterator[Closing]:
    """Waits at the end of the module until its servers have stopped."""
    closing = Closing()
    yield closing
    closing.finish()


@pytest.fixture
def orthanc(request: pytest.FixtureRequest, closing: Closing) -> Iterator[Launcher]:
    """Starts servers of one test."""
    launcher = Launcher(request.node.nodeid)
    yield launcher
    closing.add(launcher)


@pytest.fixture(scope="module")
def shared_orthanc(request: pytest.FixtureRequest, closing: Closing) -> Iterator[Launcher]:
    """Starts servers that the tests of a module share."""
    launcher = Launcher(request.node.nodeid)
    yield launcher
    closing.add(launcher)


def pytest_configure(config: pytest.Config) -> None:
    # The tests' own client does not check certificates; the plugin's does.
    config.addinivalue_line("filterwarnings", "ignore::urllib3.exceptions.InsecureRequestWarning")
    config.addinivalue_line("markers", "sdk(major, minor, revision): needs this SDK and Orthanc")
    config.addinivalue_line(
        "markers", "runtime_only: the reference plugin never had this, or does it wrong"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marker = item.get_closest_marker("sdk")
        if marker is not None and sdk_under_test() < marker.args:
            needed = ".".join(map(str, marker.args))
            item.add_marker(pytest.mark.skip(reason=f"needs SDK and Orthanc {needed}"))
    if reference_chosen():
        for item in items:
            if item.get_closest_marker("runtime_only"):
                item.add_marker(pytest.mark.skip(reason="not in the reference plugin"))


def pytest_runtest_setup() -> None:
    for server in SERVERS:
        server.log_offset = len(server.log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for server in SERVERS:
            log = server.log[server.log_offset :]
            report.sections.append((f"Orthanc {server.pid} during {report.when}", log))
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> None:
    """Shortly before a hanging test is ended, tell what its servers do, and end them."""
    timer = threading.Timer(max(1.0, settings.timeout - 5), tell_hang)
    timer.daemon = True
    TIMERS[item.nodeid] = timer
    timer.start()


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> None:
    timer = TIMERS.pop(item.nodeid, None)
    if timer is not None:
        timer.cancel()


def tell_hang() -> None:
    for server in SERVERS:
        if server.running:
            report = [stacks(process.pid) for process in server.children()]
            text = "\n".join([f"Orthanc {server.pid} hangs", stacks(server.pid), *report])
            sys.__stderr__.write(f"{text}\n{server.log}\n")  # type: ignore[union-attr]
            server.kill()
