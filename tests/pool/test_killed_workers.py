# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever kills an idle worker costs no task."""

from __future__ import annotations

import os
import signal

import pytest
from started_pool import Start

pytestmark = pytest.mark.pool

SCRIPT = """
import os
from orthanc_runtime import offload

@offload
def pid(data=b""):
    return os.getpid()
"""


@pytest.mark.parametrize("size", [0, 1000, 10_000, 1_000_000])
def test_a_task_that_comes_while_its_worker_dies(start_script: Start, size: int) -> None:
    """It has not been read by then, so another worker can take it."""
    pool = start_script(SCRIPT, count=2)
    data = b"x" * size
    for _ in range(50):
        last = pool.pid()
        os.kill(last, signal.SIGKILL)
        # That worker is the first to be leased, dead or not.
        assert pool.pid(data) != last
        pool.whole(2)
