# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a worker writes into its pipes: output, errors, and stacks at signals."""

from __future__ import annotations

import os
import signal

import played_master
import pytest
from played_master import Start

from orthanc_runtime.protocol import Kind

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start


def test_output_and_errors_go_into_the_pipes(start: Start) -> None:
    master = start(
        """
        import os, sys
        from orthanc_runtime import offload

        print("importing \\udcff")

        @offload
        def write():
            assert sys.stdin.read() == ""
            print("to stdout")
            os.write(2, b"to stderr\\n")
            raise_later = sys.stdout.write("no end of line")
        """
    )
    master.bootstrap()
    assert master.read(master.stdout, b"\n") == b"importing \\udcff\n"
    master.function("function:handlers:write")
    assert master.lane.receive().kind == Kind.DONE
    assert master.read(master.stdout, b"\n") == b"to stdout\n"
    assert master.read(master.stderr, b"\n") == b"to stderr\n"
    master.lane.close()
    assert master.read(master.stdout, b"line") == b"no end of line"


def test_a_crash_leaves_the_python_stack(start: Start) -> None:
    master = start(
        """
        import os, signal
        from orthanc_runtime import offload

        @offload
        def crash():
            os.kill(os.getpid(), signal.SIGSEGV)
        """
    )
    master.bootstrap()
    master.function("function:handlers:crash")
    assert b"in crash" in master.read(master.stderr, b"in crash")
    assert master.ended() == -signal.SIGSEGV


def test_a_signal_shows_where_a_stuck_worker_is(start: Start) -> None:
    master = start(
        """
        import re
        from orthanc_runtime import offload

        @offload
        def stuck_in_c():
            print("begun")
            re.match("(a+)+b", "a" * 60)
        """
    )
    master.bootstrap()
    master.function("function:handlers:stuck_in_c")
    master.read(master.stdout, b"begun")
    os.kill(master.process.pid, signal.SIGQUIT)
    assert b"in stuck_in_c" in master.read(master.stderr, b"in stuck_in_c")
    master.process.kill()
