# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures that pytest has where this package is installed.

``orthanc_server``         starts servers for one test
``shared_orthanc_server``  starts servers for all tests of a module
``dicom_files``            makes small DICOM files
``inline_script``          imports a script into the process of the tests
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .inline import InlineScript
    from .server import TestServer

_SERVERS = pytest.StashKey[list["TestServer"]]()


class Servers:
    """Starts servers, and stops them all at its end."""

    def __init__(self, running: list[TestServer], folder: Path) -> None:
        self._running = running
        self._folder = folder
        self._stack = ExitStack()

    def __call__(
        self,
        script: str | Path,
        config: Mapping[str, Any] | str | Path | None = None,
        workers: int | None = None,
    ) -> TestServer:
        """A running Orthanc with the script: a file, beside the tests or in the current folder, or
        the text of a script.

        ``config`` is a part of ``orthanc.json`` or such a file; ``workers`` is short for
        ``Python.Workers.Count``. Raises OrthancDidNotStart, with the log.
        """
        from .server import TestServer, configuration_of

        if isinstance(config, str | Path):
            config = self._beside(config)
        if isinstance(script, Path) or "\n" not in script:
            script = self._beside(script)
        server = TestServer(script, configuration_of(config, workers))
        self._running.append(server)
        self._stack.callback(self._close, server)
        return server

    def close(self) -> None:
        self._stack.close()

    def _beside(self, path: str | Path) -> Path:
        beside = self._folder / path
        return beside if beside.exists() else Path(path)

    def _close(self, server: TestServer) -> None:
        self._running.remove(server)
        server.close()


@pytest.fixture
def orthanc_server(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Starts servers that end with the test."""
    yield from _servers(request)


@pytest.fixture(scope="module")
def shared_orthanc_server(request: pytest.FixtureRequest) -> Iterator[Servers]:
    """Starts servers that end with the module."""
    yield from _servers(request)


@pytest.fixture(scope="session")
def dicom_files() -> Callable[..., list[bytes]]:
    """:func:`orthanc_runtime.testing.dicom_files.synthetic_study`."""
    from .dicom_files import synthetic_study

    return synthetic_study


@pytest.fixture
def inline_script(
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[str | Path, TestServer | None], InlineScript]]:
    """Imports scripts as :class:`orthanc_runtime.testing.inline.InlineScript` does."""
    from .inline import InlineScript

    with ExitStack() as stack:

        def load(script: str | Path, server: TestServer | None = None) -> InlineScript:
            beside = request.path.parent / script
            path = beside if beside.exists() else Path(script)
            return stack.enter_context(InlineScript(path, server))

        yield load


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for server in item.config.stash.get(_SERVERS, []):
            report.sections.append((f"Orthanc {server.pid}", server.log))
    return report


def _servers(request: pytest.FixtureRequest) -> Iterator[Servers]:
    servers = Servers(request.config.stash.setdefault(_SERVERS, []), request.path.parent)
    try:
        yield servers
    finally:
        servers.close()
