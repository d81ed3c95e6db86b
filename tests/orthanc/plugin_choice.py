# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which plugin the tests load: ours, or the reference to validate the tests themselves.

``ORTHANC_RUNTIME_PLUGIN`` names our .so where it is not the installed one;
``ORTHANC_TEST_PLUGIN=reference`` loads orthanc-python and skips what it never had.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

REFERENCE_PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancPython.so")


def reference_chosen() -> bool:
    return os.environ.get("ORTHANC_TEST_PLUGIN") == "reference"


@functools.cache
def runtime_plugin() -> Path:
    """Our plugin. Raises FileNotFoundError where it is neither named nor installed."""
    named = os.environ.get("ORTHANC_RUNTIME_PLUGIN")
    if named:
        return existing(Path(named))
    command = shutil.which("orthanc-runtime", path=sysconfig.get_path("scripts"))
    if command is not None:
        done = subprocess.run(
            [command, "plugin-path"], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode == 0:
            return existing(Path(done.stdout.strip()))
    package = importlib.util.find_spec("orthanc_runtime")
    for folder in (package.submodule_search_locations or []) if package else []:
        if (Path(folder) / "libOrthancRuntime.so").exists():
            return Path(folder) / "libOrthancRuntime.so"
    raise FileNotFoundError(
        f"libOrthancRuntime.so is not installed in {sys.prefix}: pip install this project first,"
        " or name the file in ORTHANC_RUNTIME_PLUGIN"
    )


def existing(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(f"no plugin at {path}")
    return path


def plugin_under_test() -> Path:
    return REFERENCE_PLUGIN if reference_chosen() else runtime_plugin()


def plugin_environment() -> dict[str, str]:
    """The reference knows no virtual environment: it finds our packages by PYTHONPATH."""
    return {"PYTHONPATH": sysconfig.get_path("purelib")} if reference_chosen() else {}
