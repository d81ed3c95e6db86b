# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts servers for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from plugin_choice import plugin_under_test
from server import OrthancServer

# Of the present test, for whoever reports on it.
SERVERS: list[OrthancServer] = []


class Launcher:
    """Starts servers for one test or one module, and stops them at its end."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._servers: list[OrthancServer] = []

    def __call__(
        self,
        script: str | Path | None = None,
        *,
        config: Mapping[str, Any] | None = None,
        plugins: Sequence[Path] | None = None,
        name: str = "script.py",
        files: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        umask: int = -1,
        starts: bool = True,
    ) -> OrthancServer:
        """A server that runs; with ``starts=False``, one that refused to start.

        ``files`` are written beside an inline script.
        """
        chosen = [plugin_under_test()] if plugins is None else plugins
        server = OrthancServer(chosen, script, config or {}, name, files, environment, umask)
        self._servers.append(server)
        SERVERS.append(server)
        started = server.start()
        if started and not starts:
            pytest.fail(f"Orthanc started, which it should have refused:\n{server.log}")
        if not started:
            server.expected_exit = None
            if starts:
                pytest.fail(f"Orthanc did not start:\n{server.log}")
            assert server.wait_exit(0) != 0
        return server

    def close(self) -> None:
        """Stop every server; raises AssertionError for what any of them left behind."""
        problems = []
        for server in self._servers:
            try:
                server.close()
            except Exception as problem:  # noqa: BLE001 - the other servers must end, too
                problems.append(f"{self._owner}: {problem}")
            SERVERS.remove(server)
        assert not problems, "\n".join(problems)
