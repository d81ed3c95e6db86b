# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real workers under supervision: started, killed, replaced, ended, and nothing left of them."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import multiprocess  # type: ignore[import-untyped]
import pytest
from started_pool import FakeOrthanc, Start, StartedPool, eventually, family, open_descriptors

from orthanc_runtime.errors import OffloadError, PoolBroken, StartupError, WorkerDied

pytestmark = pytest.mark.pool

SCRIPT = """
    import os, signal, sys, threading, time
    from orthanc_runtime import in_worker, offload

    @offload
    def pid():
        return os.getpid()

    @offload
    def environment():
        return dict(os.environ)

    @offload
    def modules():
        return sorted(sys.modules)

    @offload
    def leave(code):
        os._exit(code)

    @offload
    def die(number):
        os.kill(os.getpid(), number)
        time.sleep(10)

    @offload(timeout=0)
    def stay():
        time.sleep(1000)
"""
METHODS = ["ForkServer", "Spawn"]


@pytest.fixture
def start(start_script: Start) -> Start:
    """Starts SCRIPT and more."""

    def start(more: str = "", count: int = 1, **workers: Any) -> StartedPool:
        return start_script(textwrap.dedent(SCRIPT) + textwrap.dedent(more), count, **workers)

    return start


@pytest.mark.parametrize("method", METHODS)
def test_functions_run_in_workers(start: Start, method: str) -> None:
    pool = start(count=2, StartMethod=method)
    pool.whole(2)
    assert pool.pid() != os.getpid()
    assert pool.pid.__wrapped__() == os.getpid()
    commands = [command for command in family().values() if "worker" in command]
    assert any("orthanc-runtime worker 0" in command for command in commands)
    assert pool.orthanc.tokens == 1


@pytest.mark.parametrize("method", METHODS)
def test_an_idle_worker_that_is_killed_is_replaced(start: Start, method: str) -> None:
    pool = start(StartMethod=method)
    victim = pool.pid()
    os.kill(victim, signal.SIGKILL)
    pool.log_has("W", f"pid {victim}", "signal 9 (SIGKILL)", "not by Orthanc")
    successor = pool.pid()
    assert successor != victim
    pool.log_has("W", f"pid {successor}", "in place of one that ended")


def _another(pool: StartedPool, victim: int) -> int | None:
    try:
        pid: int = pool.pid()
    except WorkerDied:
        return None
    return None if pid == victim else pid


@pytest.mark.parametrize("method", METHODS)
def test_exit_codes_and_signals_are_attributed(start: Start, method: str) -> None:
    pool = start(StartMethod=method)
    for act, argument, words in (
        (pool.leave, 3, "exited with code 3"),
        (pool.die, signal.SIGSEGV, "signal 11 (SIGSEGV)"),
        (pool.die, signal.SIGABRT, "signal 6 (SIGABRT)"),
        (pool.die, signal.SIGKILL, "signal 9 (SIGKILL)"),
    ):
        # Each of these would reap children, and take their status from whoever waits for it.
        multiprocess.active_children()
        multiprocessing.active_children()
        with pytest.raises(WorkerDied, match=words.replace("(", r"\(").replace(")", r"\)")):
            act(int(argument))
        pool.log_has("W", words)
    assert pool.pid() > 0


@pytest.mark.parametrize("method", METHODS)
def test_a_script_that_fails_in_a_worker_stops_the_start(start: Start, method: str) -> None:
    with pytest.raises(StartupError) as caught:
        start("if in_worker:\n    raise LookupError('no such thing')\n", 2, StartMethod=method)
    assert "LookupError: no such thing" in str(caught.value)
    assert "supervised.py" in str(caught.value)


def test_a_script_that_ends_the_worker_stops_the_start(start: Start) -> None:
    with pytest.raises(StartupError, match="exited with code 7"):
        start("if in_worker:\n    os._exit(7)\n")


def test_a_script_that_crashes_the_worker_stops_the_start(start: Start) -> None:
    with pytest.raises(StartupError, match="SIGSEGV"):
        start("if in_worker:\n    os.kill(os.getpid(), signal.SIGSEGV)\n")


@pytest.mark.parametrize("method", METHODS)
def test_a_script_that_takes_too_long_stops_the_start(start: Start, method: str) -> None:
    began = time.monotonic()
    with pytest.raises(StartupError, match="StartupTimeout"):
        start("if in_worker:\n    time.sleep(1000)\n", StartupTimeout=1.5, StartMethod=method)
    assert time.monotonic() - began < 10


def test_other_handlers_in_a_worker_stop_the_start(start: Start) -> None:
    with pytest.raises(StartupError, match=r"only in the worker.*function:supervised:extra"):
        start("if in_worker:\n    @offload\n    def extra(): pass\n")


def test_kills_from_outside_do_not_count_against_the_start(start: Start, tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()
    pool = start(
        f"""
        if in_worker and len(os.listdir({str(marks)!r})) < 6:
            open(os.path.join({str(marks)!r}, str(os.getpid())), "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    assert len(list(marks.iterdir())) == 6
    assert pool.pid() > 0


def test_a_broken_pool_says_so_and_mends(start: Start, tmp_path: Path) -> None:
    pool = start()
    script = tmp_path / "supervised.py"
    sound = script.read_text()
    script.write_text(sound + "raise LookupError('edited')\n")
    os.kill(pool.pid(), signal.SIGKILL)
    pool.log_has("E", "no worker of the pool default is left")
    pool.log_has("LookupError: edited")
    with pytest.raises(PoolBroken, match="edited"):
        pool.pid()
    script.write_text(sound)
    pool.log_has("W", "serves again")
    assert pool.pid() > 0


def test_an_upgrade_under_a_running_orthanc_needs_a_restart(start: Start) -> None:
    pool = start()
    assert pool.started.pools is not None
    (supervisor,) = pool.started.pools.generations._current
    plan = supervisor._plan
    object.__setattr__(plan, "build", "another build")
    os.kill(pool.pid(), signal.SIGKILL)
    pool.log_has("E", "restart Orthanc")
    eventually(lambda: pool.counters["workers"] == 0, pool.orthanc.text)
    with pytest.raises(PoolBroken, match="restart Orthanc"):
        pool.pid()


def test_a_killed_fork_server_is_replaced(start: Start) -> None:
    pool = start(count=2)
    pool.whole(2)
    (server,) = [pid for pid, command in family().items() if command.endswith("forkserver")]
    os.kill(server, signal.SIGKILL)
    eventually(lambda: server not in family(), lambda: str(family()))
    eventually(lambda: pool.counters["workers"] == 2, pool.orthanc.text)
    pool.whole(2)
    assert pool.pid() > 0


def test_a_fork_server_that_is_stuck_stops_the_start(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beside(tmp_path, monkeypatch, "stuck_module", "import time\ntime.sleep(1000)\n")
    began = time.monotonic()
    with pytest.raises(StartupError, match=r"Python\.Workers\.Preload"):
        start(Preload=["stuck_module"], StartupTimeout=1.5)
    assert time.monotonic() - began < 10


def test_a_preload_that_ends_the_fork_server_stops_the_start(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _beside(tmp_path, monkeypatch, "failing_module", "raise RuntimeError('at preload')\n")
    with pytest.raises(StartupError, match="fork server ended"):
        start(Preload=["failing_module"])


def test_preload(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _beside(tmp_path, monkeypatch, "threaded_module", THREADED)
    pool = start(Preload=["colorsys", "absent_module", "threaded_module"])
    assert "colorsys" in pool.modules()
    pool.log_has("W", "absent_module", "ModuleNotFoundError")
    pool.log_has("W", "fork server runs 2 threads")


THREADED = """
import threading, time
threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
"""


def _beside(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    modules = folder / "modules"
    modules.mkdir(exist_ok=True)
    (modules / f"{name}.py").write_text(text)
    # A fork server takes over the path of the master from Python 3.12 on.
    sys.path.append(str(modules))
    monkeypatch.setenv("PYTHONPATH", f"{modules}:{os.environ.get('PYTHONPATH', '')}")


@pytest.mark.parametrize("method", METHODS)
def test_threads_of_numeric_libraries(
    start: Start, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    pool = start(StartMethod=method, Threads=3)
    environment = pool.environment()
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        assert environment[name] == "3"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


@pytest.mark.parametrize("method", METHODS)
def test_stop_keeps_its_deadline_with_a_stuck_handler(start: Start, method: str) -> None:
    pool = start(count=2, StartMethod=method)
    pool.whole(2)
    thread = _in_background(pool.stay)
    eventually(lambda: pool.counters["idle"] == 1, lambda: str(pool.counters))
    began = time.monotonic()
    assert pool.stop(3)
    assert time.monotonic() - began < 3.5
    # The fork server lives until it has reported how they ended.
    pool.log_has("I", "killed by signal 9 (SIGKILL)", "Orthanc stops")
    thread.join(5)
    assert not thread.is_alive()


def test_stop_while_workers_start(start: Start) -> None:
    pool = start(
        "if in_worker and os.path.exists(__file__ + '.slow'):\n    time.sleep(1000)\n", count=1
    )
    Path(pool.module.__file__ + ".slow").touch()  # type: ignore[operator]
    os.kill(pool.pid(), signal.SIGKILL)
    pool.log_has("W", "not by Orthanc")
    time.sleep(0.1)
    began = time.monotonic()
    assert pool.stop(5)
    assert time.monotonic() - began < 3


def test_without_offloaded_handlers_nothing_is_started(
    fake_orthanc: FakeOrthanc, tmp_path: Path
) -> None:
    script = tmp_path / "plain_script.py"
    script.write_text("answer = 42\n")
    before = family()
    pool = StartedPool(fake_orthanc, script, {})
    assert pool.answer == 42
    assert pool.started.pools is None
    assert family() == before
    assert "no offloaded handler" in fake_orthanc.text()
    assert pool.stop()


def test_count_0_runs_inline(start: Start) -> None:
    pool = start(count=0)
    assert pool.pid() == os.getpid()
    assert pool.started.pools is None


def test_restarts_leak_nothing(start: Start) -> None:
    pool = start()
    victim = 0
    counts = []
    for round_number in range(200):
        victim = eventually(lambda: _another(pool, victim), pool.orthanc.text)  # noqa: B023
        os.kill(victim, signal.SIGKILL)
        if round_number % 50 == 10:
            eventually(lambda: _another(pool, victim), pool.orthanc.text)  # noqa: B023
            counts.append(open_descriptors())
    # the worker that is replaced last may still have its descriptors
    eventually(lambda: open_descriptors() <= counts[0] + 2, lambda: f"{counts}")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.usefixtures("start")
def test_starts_leak_nothing(fake_orthanc: FakeOrthanc, tmp_path: Path, method: str) -> None:
    script = tmp_path / "supervised.py"
    script.write_text(textwrap.dedent(SCRIPT))
    counts = []
    for _ in range(6):
        pool = StartedPool(fake_orthanc, script, {"Count": 1, "StartMethod": method})
        assert pool.pid() > 0
        assert pool.stop()
        del pool
        gc.collect()
        counts.append(open_descriptors())
    assert counts[-1] - counts[1] <= 2, counts


def _in_background(function: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        with contextlib.suppress(OffloadError):  # its pool is being stopped
            function()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
