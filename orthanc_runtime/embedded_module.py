# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ``orthanc`` of Orthanc's own interpreter, made in C++ and completed here."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from importlib.machinery import BuiltinImporter
from types import ModuleType
from typing import Any

from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.sdk_names import refuse_newer, unknown_name


def embedded_module() -> ModuleType:
    """The built-in module ``orthanc``, put where every import finds it: finders that run before
    that of built-in modules, as an editable installation has one, know that for outside Orthanc."""
    spec = BuiltinImporter.find_spec("orthanc")
    if "orthanc" not in sys.modules and spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["orthanc"] = module
        spec.loader.exec_module(module)
    return importlib.import_module("orthanc")


def complete(orthanc: ModuleType, log: MasterLog, facts: Mapping[str, str]) -> None:
    """Have the module tell about names that are not there, and about those without an Orthanc."""
    sdk: Any = importlib.import_module("orthanc_runtime.sdk")
    vars(orthanc)["__getattr__"] = unknown_name(orthanc, sdk)
    running = facts.get("orthanc_version", "")
    refused = refuse_newer(orthanc, sdk, running)
    if refused:
        log.write(
            LogCode.SDK_NEWER,
            f"this plugin was built with the SDK of a newer Orthanc than {running}, which has no "
            + ", ".join(refused),
        )
