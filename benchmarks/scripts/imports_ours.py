# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a script for images usually imports, and a route that tells which worker serves it."""

from __future__ import annotations

import os
from typing import Any

import numpy
import orthanc
import pydicom
import requests

from orthanc_runtime import offload

USED = (numpy, pydicom, requests)


@offload
def on_pid(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(str(os.getpid()), "text/plain")


orthanc.RegisterRestCallback("/pid", on_pid)
