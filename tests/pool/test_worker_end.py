# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends a worker and its children, and what does not."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import played_master
import pytest
from played_master import DEADLINE, ECHO, Start

from orthanc_runtime import payload
from orthanc_runtime.protocol import Kind

pytestmark = pytest.mark.pool

# Fixtures
forkserver = played_master.forkserver
start = played_master.start


def test_the_end_of_the_lane_ends_the_worker(start: Start) -> None:
    master = start(ECHO)
    master.bootstrap()
    master.lane.close()
    assert master.ended() == 0


def test_the_end_of_the_lane_ends_a_worker_without_bootstrap(start: Start) -> None:
    master = start(ECHO)
    master.lane.close()
    assert master.ended() == 1
    assert b"no bootstrap frame" in master.read(master.stderr, b"\n")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_stop_signals_are_ignored_but_not_by_programs(start: Start, method: str) -> None:
    master = start(
        """
        import subprocess
        from orthanc_runtime import offload

        @offload
        def program():
            process = subprocess.Popen(["sleep", "60"])
            process.terminate()
            return process.wait(10)
        """,
        method,
    )
    master.bootstrap()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(master.process.pid, number)
    master.function("function:handlers:program")
    done = master.lane.receive()
    assert payload.decode_result(done.body) == -signal.SIGTERM


def test_a_forked_child_has_no_part_in_the_conversation(start: Start) -> None:
    master = start(
        """
        import os, time
        import orthanc
        from orthanc_runtime import offload

        @offload
        def fork():
            pid = os.fork()
            if pid == 0:
                orthanc.LogError("never")
                time.sleep(60)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        """
    )
    master.bootstrap()
    master.function("function:handlers:fork")
    done = master.lane.receive()
    assert (done.kind, payload.decode_result(done.body)) == (Kind.DONE, 0)


ORTHANC = """
import os, socket, sys, time

import multiprocess

from orthanc_runtime.lanes import FrameStream
from orthanc_runtime.protocol import VERSION, Kind, TaskKind
from orthanc_runtime.payload import encode_call
from orthanc_runtime.version import build_id
from orthanc_runtime.workers.main import run

if __name__ == "__main__":
    method, script = sys.argv[1:]
    context = multiprocess.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["orthanc_runtime.workers.forkserver"])
    ends = [socket.socketpair() for _ in range(4)]
    context.Process(target=run, args=(*(there for _, there in ends), os.getpid())).start()
    lane = FrameStream(ends[0][0])
    head = {
        "protocol": VERSION,
        "build": build_id(),
        "worker": 0,
        "scripts": [{"path": script, "module": "handlers"}],
        "token": "",
        "rest": {"url": ""},
        "facts": {},
    }
    lane.send(Kind.BOOTSTRAP, 0, 0, head)
    hello = lane.receive()
    lane.send(Kind.TASK, 1, 0, [TaskKind.FUNCTION, "function:handlers:hold"], *encode_call((), {}))
    time.sleep(0.2)
    print(hello.head["pid"], flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_nothing_outlives_a_killed_orthanc(tmp_path: Path, method: str) -> None:
    orthanc = tmp_path / "orthanc_stand_in.py"
    orthanc.write_text(ORTHANC)
    script = tmp_path / "handlers.py"
    script.write_text(
        "import re\nfrom orthanc_runtime import offload\n"
        # In C and with the GIL, so that nothing of Python can end it.
        "@offload\ndef hold():\n    re.match('(a+)+b', 'a' * 60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", str(orthanc), method, str(script)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            ready, _, _ = select.select([process.stdout], [], [], DEADLINE)
            assert ready
            worker = int(process.stdout.readline())
            parent = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
            family = {worker, parent} - {process.pid}
            assert len(family) == (2 if method == "forkserver" else 1)
            if method == "forkserver":
                assert os.getsid(parent) == parent
                title = Path(f"/proc/{parent}/cmdline").read_bytes()
                assert title.startswith(b"orthanc-runtime forkserver")
        finally:
            process.kill()
        end = time.monotonic() + 5
        while family and time.monotonic() < end:
            family = {pid for pid in family if _runs(pid)}
            time.sleep(0.01)
        assert not family


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
