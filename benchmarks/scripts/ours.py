# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Offloaded and other no-op routes of our plugin."""

from __future__ import annotations

import json
import platform
from typing import Any

import master_threads
import orthanc

from orthanc_runtime import offload


@offload
def on_noop(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(b"ok", "text/plain")


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
