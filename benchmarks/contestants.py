# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two plugins that are compared, each with its script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.floor.build import ECHO, build_floor
from benchmarks.orthanc_server import Server, orthanc
from orthanc_runtime.cli.plugin_path import find_plugin

SCRIPTS = Path(__file__).resolve().parent / "scripts"
REFERENCE_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancPython.so")
REFERENCE_PACKAGE = "orthanc-python"
WORKERS = 2
ROUTES_VARIABLE = "BENCHMARK_ROUTES"  # in the environment, as the floor reads no configuration


def reference_installed() -> bool:
    return REFERENCE_PLUGIN.is_file()


@dataclass
class Contestants:
    """Starts servers that live until ``stack`` is closed."""

    stack: ExitStack
    with_reference: bool = field(default_factory=reference_installed)

    def ours(
        self,
        script: Path = SCRIPTS / "ours.py",
        workers: Mapping[str, Any] | None = None,
        probe: str = "/noop",
        *,
        core: Mapping[str, Any] | None = None,
        routes: int = 1,
    ) -> Server:
        """``core``: options of Orthanc itself; ``routes``: of a script that asks how many."""
        settings = {**(core or {}), "Python": {"Workers": {"Count": WORKERS, **(workers or {})}}}
        variables = {ROUTES_VARIABLE: str(routes)}
        return self.stack.enter_context(orthanc(find_plugin(), script, settings, probe, variables))

    def reference(self, script: Path = SCRIPTS / "reference.py") -> Server | None:
        """None where it is not installed: the variants that need it are left out."""
        if not self.with_reference:
            return None
        return self.stack.enter_context(orthanc(REFERENCE_PLUGIN, script, {}, "/noop"))

    def floor(self, routes: int = 1, core: Mapping[str, Any] | None = None) -> Server:
        """A plugin in C++ that does nothing but hand requests to a loop in Python."""
        variables = {ROUTES_VARIABLE: str(routes)}
        return self.stack.enter_context(
            orthanc(build_floor(), ECHO, core or {}, "/noop", variables)
        )


def describe(server: Server) -> dict[str, str]:
    """Versions as the running server tells them."""
    about: dict[str, str] = json.loads(server.get("/about"))
    about["orthanc"] = json.loads(server.get("/system"))["Version"]
    for identifier in json.loads(server.get("/plugins")):
        if "python" in identifier or "runtime" in identifier:  # "explorer.js" is among them
            plugin = json.loads(server.get(f"/plugins/{identifier}"))
            about["plugin"] = f"{identifier} {plugin['Version']}"
    return about
