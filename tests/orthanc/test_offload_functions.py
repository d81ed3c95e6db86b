# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain functions that run in a worker: arguments, results, exceptions."""

from __future__ import annotations

from typing import Any

import pytest
import sdk_session
from dicom_files import dicom_bytes
from sdk_session import evaluate
from server import OrthancServer

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = (
    sdk_session.SCRIPT
    + r"""
import ctypes, enum, os, signal, threading, time
import numpy
import orthanc_runtime
from orthanc_runtime import in_worker, offload

class Mine(Exception):
    def __init__(self, number, *, word="none"):
        super().__init__(number)
        self.number = number

class Stubborn(Exception):
    def __init__(self, first, second):
        super().__init__("of two arguments")

@offload
def twice(value, *, add=None):
    return value * 2 if add is None else value * 2 + add

@offload
def same(value):
    return value

class Kind(enum.IntEnum):
    ONE = 1

ODD = [
    None, True, False, 0, -1, 2**200, 1.5, -0.0, float("inf"), "", "gr\u00fcn", "nul\0", "\udcff",
    b"", b"\0", NotImplemented, ..., Kind.ONE, (), (1, "a", (None,)), {"a": {1}}, frozenset({b"x"}),
    *(kind * size for kind in ("x", "\u20ac", b"x") for size in (4095, 4096, 70_000)),
    bytearray(b"x"), bytearray(70_000), complex(1, 2), range(3),
]

def not_same():
    # which a worker gives back as something else, as they are or in a list
    found = [(value, same(value)) for value in ODD]
    found += [(value, same([value])[0]) for value in ODD]
    return [repr(pair)[:80] for pair in found if repr(pair[0]) != repr(pair[1])
            or type(pair[0]) is not type(pair[1])]

@offload
def pid(*arguments):
    return os.getpid()

@offload
def nested():
    return pid() == os.getpid()

@offload
def raises(what):
    raise {
        "zero": lambda: ZeroDivisionError("zero"),
        "mine": lambda: Mine(5),
        "stubborn": lambda: Stubborn(1, 2),
        "sdk": lambda: orthanc.OrthancException(17, "Unknown resource"),
        "key": lambda: KeyError("key"),
        "exit": lambda: SystemExit(3),
    }[what]()

class OfOneProcess:
    def __reduce__(self):
        return made_in, (os.getpid(),)

def made_in(process):
    if process != os.getpid():
        raise OSError("another process")
    return OfOneProcess()

@offload
def returns_of_one_process():
    return OfOneProcess()

@offload
def returns_a_lock():
    return threading.Lock()

@offload(timeout=0.5)
def endless():
    while True:
        pass

@offload
def dies():
    os.kill(os.getpid(), signal.SIGKILL)

@offload
def change(array):
    array += 1
    return array

@offload
def rest_in_worker():
    return json.loads(orthanc.RestApiGet("/system"))["Name"]

class Adder:
    def __init__(self, base):
        self.base = base
    @offload
    def add(self, value):
        return self.base + value

local = (lambda: offload(lambda: 5))()

def caught(function, *arguments):
    try:
        return function(*arguments)
    except BaseException as error:
        return error

def cause(function, *arguments):
    return str(caught(function, *arguments).__cause__)

holding = threading.Event()

@offload
def wait_for(path):
    orthanc.LogWarning("the function waits")
    deadline = time.monotonic() + 60
    while not os.path.exists(path) and time.monotonic() < deadline:
        time.sleep(0.01)
    return os.path.exists(path)

def changed(change, level, resource):
    if change == orthanc.ChangeType.NEW_INSTANCE:
        orthanc.LogWarning(f"from the change callback {twice(21)}")

orthanc.RegisterOnChangeCallback(changed)
"""
)


@pytest.fixture(scope="module")
def server(shared_orthanc: Any) -> OrthancServer:
    config = {"Python": {"Workers": {"Count": 1}}}
    started: OrthancServer = shared_orthanc(SCRIPT, config=config)
    return started


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("twice(3)", 6),
        ("twice(3, add=1)", 7),
        ("twice('ab', add='c')", "ababc"),
        ("not_same()", []),
        ("twice.__wrapped__(4)", 8),
        ("pid() != os.getpid()", True),
        ("pid.__wrapped__() == os.getpid()", True),
        ("nested()", True),
        ("Adder(5).add(2)", 7),
        ("twice([1])", [1, 1]),
        ("twice(numpy.arange(3)).tolist()", [0, 2, 4]),
        ("float(change(numpy.zeros(10**6)).sum())", 1e6),
        ("len(twice(bytes(20_000_000)))", 40_000_000),
        ("rest_in_worker()", "orthanc-runtime-tests"),
        ("pid(lambda: 5) != os.getpid()", True),
        ("str(orthanc_runtime.in_worker)", "False"),
    ],
)
def test_result(server: OrthancServer, expression: str, value: Any) -> None:
    seen = evaluate(server, expression)
    assert "error" not in seen, seen
    assert seen.get("value") == value


@pytest.mark.parametrize(
    ("what", "kind", "arguments"),
    [
        ("zero", "ZeroDivisionError", ["zero"]),
        ("mine", "Mine", ["5"]),
        ("sdk", "OrthancException", ["17", "Unknown resource"]),
        ("key", "KeyError", ["key"]),
    ],
)
def test_exception_keeps_its_type(
    server: OrthancServer, what: str, kind: str, arguments: list[str]
) -> None:
    seen = evaluate(server, f"raises('{what}')")
    assert (seen["error"], seen["args"]) == (kind, arguments)
    assert evaluate(server, f"isinstance(caught(raises, '{what}'), Exception)")["value"]


def test_exception_is_of_the_same_class_and_keeps_its_attributes(server: OrthancServer) -> None:
    assert evaluate(server, "type(caught(raises, 'mine')) is Mine")["value"]
    assert evaluate(server, "caught(raises, 'mine').number")["value"] == 5


@pytest.mark.parametrize("what", ["zero", "mine", "stubborn"])
def test_exception_carries_the_traceback_of_the_worker(server: OrthancServer, what: str) -> None:
    text = evaluate(server, f"cause(raises, '{what}')")["value"]
    assert str(server.script) in text
    assert "in raises" in text


def test_exception_that_does_not_pickle(server: OrthancServer) -> None:
    seen = evaluate(server, "raises('stubborn')")
    assert seen["error"] == "RemoteError"
    assert "Stubborn" in seen["args"][0]


def test_exit_in_a_function_does_not_end_the_worker(server: OrthancServer) -> None:
    worker = evaluate(server, "pid()")["value"]
    assert evaluate(server, "type(caught(raises, 'exit')).__name__")["value"] == "SystemExit"
    assert evaluate(server, "pid()")["value"] == worker


@pytest.mark.parametrize(
    ("expression", "kind", "word"),
    [
        ("returns_a_lock()", "NotTransferable", "returns_a_lock"),
        ("twice(threading.Lock())", "NotTransferable", "lock"),
        (
            "returns_of_one_process()",
            "NotTransferable",
            "the result cannot be unpickled here: OSError: another process",
        ),
        (
            "twice(OfOneProcess())",
            "NotTransferable",
            "the arguments cannot be unpickled here: OSError: another process",
        ),
        ("endless()", "TaskTimeout", "0.5"),
        ("dies()", "WorkerDied", "SIGKILL"),
    ],
)
def test_failure_of_the_offloading_itself(
    server: OrthancServer, expression: str, kind: str, word: str
) -> None:
    seen = evaluate(server, expression)
    assert seen["error"] == kind
    assert word in seen["args"][0]
    assert evaluate(server, "twice(1)")["value"] == 2


def test_time_out_is_a_timeout_error(server: OrthancServer) -> None:
    check = "isinstance(caught(endless), (TimeoutError, orthanc_runtime.OffloadError))"
    assert evaluate(server, check)["value"]


def test_call_from_another_callback(server: OrthancServer) -> None:
    server.upload(dicom_bytes())
    server.wait_log("from the change callback 42")


def test_master_answers_while_a_function_runs(server: OrthancServer, tmp_path: Any) -> None:
    signal_file = tmp_path / "go"
    waiting = server.in_background(
        "/evaluate", method="POST", headers={"Expression": f"wait_for({str(signal_file)!r})"}
    )
    server.wait_log("the function waits", start=server.log_offset)
    assert evaluate(server, "1 + 1")["value"] == 2
    assert not waiting.done()
    signal_file.touch()
    assert waiting.result(60).json()["value"] is True
