# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other process pools of Python, each in a process of its own: ``peers.py NAME``.

Each line of standard input, ``CALLS SIZE``, is answered by the seconds of one call of a function
that is given so many bytes.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import sys
import time
from collections.abc import Callable
from importlib import import_module

WORKERS = 2

Call = Callable[[bytes], int]


def length(data: bytes) -> int:
    return len(data)


def pool_apply() -> Call:
    pool = multiprocessing.get_context("fork").Pool(WORKERS)
    return lambda data: int(pool.apply(length, (data,)))


def executor() -> Call:
    pool = concurrent.futures.ProcessPoolExecutor(
        WORKERS, mp_context=multiprocessing.get_context("fork")
    )
    return lambda data: pool.submit(length, data).result()


def loky() -> Call:
    pool = import_module("loky").get_reusable_executor(max_workers=WORKERS, timeout=None)
    return lambda data: int(pool.submit(length, data).result())


def pebble() -> Call:
    pool = import_module("pebble").ProcessPool(max_workers=WORKERS)
    return lambda data: int(pool.schedule(length, args=[data]).result())


def mpire() -> Call:
    pool = import_module("mpire").WorkerPool(n_jobs=WORKERS)
    return lambda data: int(pool.apply(length, (data,)))


PEERS: dict[str, Callable[[], Call]] = {
    "multiprocessing.Pool.apply": pool_apply,
    "ProcessPoolExecutor": executor,
    "loky": loky,
    "pebble": pebble,
    "mpire": mpire,
}


def main() -> None:
    call = PEERS[sys.argv[1]]()
    assert call(b"") == 0
    print("ready", flush=True)
    for line in sys.stdin:
        calls, size = map(int, line.split())
        data = bytes(size)
        begin = time.perf_counter()
        for _ in range(calls):
            call(data)
        print((time.perf_counter() - begin) / calls, flush=True)


if __name__ == "__main__":
    main()
