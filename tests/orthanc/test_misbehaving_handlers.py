# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded handlers that do what handlers should not: a named answer to that request only."""

from __future__ import annotations

import re
import sys

import pytest
from launcher import Launcher
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

GUARDED = sys.version_info >= (3, 12)

SCRIPT = r"""
import multiprocessing, os, resource, signal, sys, threading, time
import orthanc
from orthanc_runtime import offload

def recurse(depth=0):
    return recurse(depth + 1)

def overflow_in_c():
    deep = []
    for _ in range(10**6):
        deep = [deep]
    sys.setrecursionlimit(10**8)
    repr(deep)

def out_of_memory():
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (2**31, hard))
    try:
        return len(bytearray(2**32))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

def fork_and_leave():
    if os.fork() == 0:
        sys.exit(3)  # not os._exit: the child goes on into our code
    return os.wait()[1] >> 8

def fork_and_answer(output):
    child = os.fork()
    if child == 0:
        try:
            output.AnswerBuffer("from the child", "text/plain")
        finally:
            os._exit(0)
    os.waitpid(child, 0)

def terminate_a_child(number):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"x")
        time.sleep(600)
        os._exit(0)
    os.read(reading, 1)
    os.kill(child, number)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == -number, status

def pools():
    for _ in range(30):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            assert pool.map(abs, [-3]) == [3]

def start_threads():
    for _ in range(5):
        threading.Thread(target=time.sleep, args=(3600,)).start()

def close_standard_streams():
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()
    for fd in (0, 1, 2):
        os.close(fd)

def close_everything():
    os.closerange(0, 4096)

def print_ten_megabytes():
    for _ in range(10_000):
        print("x" * 1000)

def change_folder():
    folder = os.getcwd()
    os.chdir("/")
    return folder

def close_the_output(output):
    output.AnswerBuffer("twice", "text/plain")
    output.AnswerBuffer("twice", "text/plain")

CALLS = {
    "recurse": lambda output: recurse(),
    "overflow_in_c": lambda output: overflow_in_c(),
    "out_of_memory": lambda output: out_of_memory(),
    "sys_exit": lambda output: sys.exit(7),
    "exit": lambda output: os._exit(7),
    "keyboard_interrupt": lambda output: (_ for _ in ()).throw(KeyboardInterrupt()),
    "fork_and_leave": lambda output: fork_and_leave(),
    "fork_and_answer": fork_and_answer,
    "terminate_a_child": lambda output: terminate_a_child(signal.SIGTERM),
    "pools": lambda output: pools(),
    "start_threads": lambda output: start_threads(),
    "close_standard_streams": lambda output: close_standard_streams(),
    "close_everything": lambda output: close_everything(),
    "print_ten_megabytes": lambda output: print_ten_megabytes(),
    "change_folder": lambda output: change_folder(),
    "delete_modules": lambda output: sys.modules.clear(),
    "answers_twice": close_the_output,
}

@offload(timeout=20)
def misbehave(output, uri, **request):
    CALLS[request["groups"][0]](output)
    output.AnswerBuffer("survived", "text/plain")

@offload
def ping(output, uri, **request):
    print("ping from", os.getpid())
    output.AnswerBuffer(str(os.getpid()), "text/plain")

orthanc.RegisterRestCallback("/misbehave/(.*)", misbehave)
orthanc.RegisterRestCallback("/ping", ping)
"""


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    workers = {"Count": 1, "QuarantineAfter": 0}
    return shared_orthanc(SCRIPT, config={"Python": {"Workers": workers}})


@pytest.mark.parametrize(
    ("what", "status", "text"),
    [
        ("recurse", 500, "RecursionError"),
        # Python guards the C stack since 3.12.
        ("overflow_in_c", *((500, "RecursionError") if GUARDED else (502, "SIGSEGV"))),
        ("out_of_memory", 500, "MemoryError"),
        ("sys_exit", 500, "SystemExit"),
        ("exit", 502, "exited with code 7"),
        ("keyboard_interrupt", 500, "KeyboardInterrupt"),
        ("fork_and_leave", 200, "survived"),
        ("fork_and_answer", 200, "survived"),
        ("terminate_a_child", 200, "survived"),
        ("pools", 200, "survived"),
        ("start_threads", 200, "survived"),
        ("close_standard_streams", 200, "survived"),
        ("close_everything", 502, "worker 0"),
        ("print_ten_megabytes", 200, "survived"),
        ("change_folder", 200, "survived"),
        ("delete_modules", 200, "survived"),
        ("answers_twice", 200, "twice"),
    ],
)
def test_one_request_pays(server: OrthancServer, what: str, status: int, text: str) -> None:
    answer = server.get(f"/misbehave/{what}")
    assert answer.status_code == status, answer.text
    assert re.search(text, answer.text), answer.text
    assert server.get("/ping").status_code == 200
    assert server.get("/system").status_code == 200
