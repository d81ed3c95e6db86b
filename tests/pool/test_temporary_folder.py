# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that clean temporary folders take what workers are started with."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from started_pool import Start, runtime_folder

pytestmark = pytest.mark.pool

SCRIPT = """
import os
from orthanc_runtime import offload

@offload
def pid():
    return os.getpid()
"""


@pytest.mark.parametrize("method", ["ForkServer", "Spawn"])
def test_the_folder_is_removed(start_script: Start, method: str) -> None:
    """Another one is made; the worker that is left goes on."""
    pool = start_script(SCRIPT, count=2, StartMethod=method)
    pool.whole(2)
    removed = runtime_folder()
    first = pool.pid()
    shutil.rmtree(removed)
    os.kill(first, signal.SIGKILL)
    second = pool.pid()
    pool.whole(2)
    pool.log_has("W", str(removed), "was removed by somebody else")
    assert Path(f"/proc/{second}").exists()
    assert runtime_folder() != removed


def test_the_socket_is_removed(start_script: Start) -> None:
    """Another fork server starts the next workers, and both end with the pool."""
    pool = start_script(SCRIPT, count=2)
    pool.whole(2)
    (socket,) = (file for file in runtime_folder().iterdir() if file.is_socket())
    socket.unlink()
    first = pool.pid()
    os.kill(first, signal.SIGKILL)
    second = pool.pid()
    pool.log_has("W", str(socket), "was removed")
    pool.whole(2)
    assert Path(f"/proc/{second}").exists()
