# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dispatcher as an extension module: built beside the plugin, never installed."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

NAME = "orthanc_runtime_testing"
BUILD = Path(__file__).parents[2] / "build"


def load() -> ModuleType:
    """The newest build for this Python. Raises ImportError where there is none."""
    if NAME in sys.modules:
        return sys.modules[NAME]
    pattern = f"*/python/{NAME}{sysconfig.get_config_var('EXT_SUFFIX')}"
    found = sorted(BUILD.glob(pattern), key=lambda file: file.stat().st_mtime)
    if not found:
        raise ImportError(f"no {pattern} in {BUILD}: build with ORTHANC_RUNTIME_TESTS=ON")
    loader = importlib.machinery.ExtensionFileLoader(NAME, str(found[-1]))
    spec = importlib.util.spec_from_loader(NAME, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    loader.exec_module(module)
    return module
