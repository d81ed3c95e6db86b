# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A handler that needs the processor, and nothing else."""

from __future__ import annotations

import json
import platform
from typing import Any

import orthanc
from work import burn

from orthanc_runtime import offload


@offload
def on_burn(output: Any, _uri: str, **request: Any) -> None:
    burn(int(request["get"]["terms"]))
    output.AnswerBuffer(b"ok", "text/plain")


def on_about(output: Any, _uri: str, **_request: Any) -> None:
    about = {"python": platform.python_version()}
    output.AnswerBuffer(json.dumps(about), "application/json")


orthanc.RegisterRestCallback("/burn", on_burn)
orthanc.RegisterRestCallback("/about", on_about)
