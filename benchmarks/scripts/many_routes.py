# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""As many offloaded routes as BENCHMARK_ROUTES says; /noop is the last one."""

from __future__ import annotations

import os
from typing import Any

import orthanc

from orthanc_runtime import offload


@offload
def on_noop(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(b"ok", "text/plain")


for number in range(1, int(os.environ["BENCHMARK_ROUTES"])):
    orthanc.RegisterRestCallback(f"/route-{number}", on_noop)
orthanc.RegisterRestCallback("/noop", on_noop)
