# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``Preload`` of modules beside the script: in memory once for all workers."""

from __future__ import annotations

from pathlib import Path

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

MEGABYTE = 1_000_000
MODEL = """
import os
import numpy
from orthanc_runtime import offload, on_worker_start

WEIGHTS = numpy.ones(12_500_000)  # 100 MB
LOADED_BY = os.getpid()
started = []

@offload
def imported_by():
    return LOADED_BY, os.getpid(), started

@on_worker_start
def hook():
    started.append("hook of model")
"""
SCRIPT = """
import os, time
import orthanc
from orthanc_runtime import offload
import model

@offload
def reads(output, uri, **request):
    folder = request["get"]["folder"]
    total = model.WEIGHTS.sum()
    # All four have read all of it before one answers.
    open(os.path.join(folder, str(os.getpid())), "w").close()
    while len(os.listdir(folder)) < 4:
        time.sleep(0.01)
    output.AnswerBuffer(f"{os.getpid()} {total:.0f}", "text/plain")

def origin(output, uri, **request):
    loaded_by, pid, started = model.imported_by()
    output.AnswerBuffer(f"{loaded_by} {pid} {started}", "text/plain")

orthanc.RegisterRestCallback("/reads", reads)
orthanc.RegisterRestCallback("/origin", origin)
"""


def proportional_memory(pid: int) -> int:
    """Bytes in RAM, what is shared divided by those who share it (proc(5), Pss)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("Pss:")]
    return int(line.split()[1]) * 1024


def fork_server(server: OrthancServer) -> int:
    (found,) = [process for process in server.children() if "forkserver" in process.name]
    return found.pid


def test_an_array_that_all_workers_read_is_there_once(orthanc: Launcher, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    workers = {"Count": 4, "Preload": ["model"]}
    server = orthanc(
        SCRIPT,
        files={"model.py": MODEL},
        config={"HttpThreadsCount": 20, "Python": {"Workers": workers}},
    )
    folder = tmp_path / "read"
    folder.mkdir()
    answers = [server.in_background(f"/reads?folder={folder}").result for _ in range(4)]
    pids, totals = zip(*(each(40).text.split() for each in answers), strict=True)
    assert set(totals) == {"12500000"}
    assert len(set(pids)) == 4
    memory = [proportional_memory(int(pid)) for pid in (*pids, fork_server(server))]
    assert 100 * MEGABYTE < sum(memory) < 300 * MEGABYTE, memory
    assert "was not preloaded" not in server.log


def test_what_it_offloads_is_known(orthanc: Launcher) -> None:
    pytest.importorskip("numpy")
    server = orthanc(
        SCRIPT,
        files={"model.py": MODEL, "unused.py": MODEL},
        config={"Python": {"Workers": {"Count": 1, "Preload": ["unused", "model"]}}},
    )
    loaded_by, pid, started = server.get("/origin").text.split(maxsplit=2)
    assert int(loaded_by) == fork_server(server) != int(pid)
    assert started == "['hook of model']"


def test_a_module_that_needs_orthanc_is_named(orthanc: Launcher) -> None:
    script = "import needs\nfrom orthanc_runtime import offload\n@offload\ndef f(): pass\n"
    server = orthanc(
        script,
        files={"needs.py": "import orthanc\n"},
        config={"Python": {"Workers": {"Count": 1, "Preload": ["needs"]}}},
    )
    server.wait_log("Preload: needs was not preloaded: it imports orthanc, which only the workers")
