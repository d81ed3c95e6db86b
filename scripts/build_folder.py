# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the folder that scikit-build-core builds in for this Python, ``build/{wheel_tag}``."""

from __future__ import annotations

import sys
import sysconfig

if __name__ == "__main__":
    python = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    print(f"build/{python}-{python}-{platform}")
