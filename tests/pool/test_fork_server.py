# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fork server, on which the lives of all workers depend."""

from __future__ import annotations

import os
import signal
import socket

import pytest
from started_pool import Start, family, runtime_folder

pytestmark = pytest.mark.pool

SCRIPT = """
import os
from orthanc_runtime import offload

@offload
def parent():
    return os.getppid()

@offload
def pid():
    return os.getpid()
"""


@pytest.mark.parametrize("said", [b"", b"x"])
def test_a_start_that_is_given_up_costs_no_worker(start_script: Start, said: bytes) -> None:
    """As by an Orthanc that has no descriptor left when it has connected."""
    pool = start_script(SCRIPT)
    first, server = pool.pid(), pool.parent()
    (listener,) = (file for file in runtime_folder().iterdir() if file.is_socket())
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(listener))
        connection.send(said)
    os.kill(pool.pid(), signal.SIGKILL)
    pool.log_has("W", f"pid {first}", "SIGKILL")
    assert pool.parent() == server
    assert "forkserver" in family()[server]
