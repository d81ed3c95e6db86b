# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts whose handlers run in the master below /master, and offloaded below /worker."""

from __future__ import annotations

import pytest

REGISTER = r"""
import orthanc

try:
    from orthanc_runtime import offload
except ImportError:  # the reference plugin
    offload = None

def register(pattern, handler):
    orthanc.RegisterRestCallback("/master" + pattern, handler)
    if offload is not None:
        orthanc.RegisterRestCallback("/worker" + pattern, offload(handler))
"""
PLACES = [
    pytest.param("/master", id="master"),
    pytest.param("/worker", id="worker", marks=pytest.mark.runtime_only),
]
