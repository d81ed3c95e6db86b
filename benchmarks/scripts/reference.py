# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same routes for the reference plugin, with the Pool that its documentation recommends."""

from __future__ import annotations

import json
import multiprocessing
import platform
import signal
from typing import Any

import master_threads
import orthanc

WORKERS = 2


def noop() -> bytes:
    return b"ok"


def ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# By name: other start methods launch sys.executable, which is Orthanc here.
POOL = multiprocessing.get_context("fork").Pool(WORKERS, ignore_interrupt)


def on_noop(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(POOL.apply(noop), "text/plain")


def on_noop_in_master(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(b"ok", "text/plain")


def on_about(output: Any, _uri: str, **_request: Any) -> None:
    about = {"python": platform.python_version()}
    output.AnswerBuffer(json.dumps(about), "application/json")


orthanc.RegisterRestCallback("/noop", on_noop)
orthanc.RegisterRestCallback("/noop-master", on_noop_in_master)
orthanc.RegisterRestCallback("/about", on_about)
orthanc.RegisterRestCallback("/spin", master_threads.on_spin)
orthanc.RegisterRestCallback("/hold", master_threads.on_hold)
orthanc.RegisterRestCallback("/calm", master_threads.on_calm)
