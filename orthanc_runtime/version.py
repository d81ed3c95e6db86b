# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of the package, and the build that plugin and workers must share."""

from __future__ import annotations

import importlib

__version__ = "0.1.0"


def build_id() -> str:
    """Tells two builds of the package apart.

    A worker started after an upgrade of the package under a running Orthanc finds that its
    own differs from that of the plugin.
    """
    try:
        build = importlib.import_module("orthanc_runtime.build")  # written by CMake
    except ImportError:
        return __version__
    return f"{__version__} {build.BUILD}"
