# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same for the reference plugin, which serves the route itself."""

from __future__ import annotations

import os
from typing import Any

import numpy
import orthanc
import pydicom
import requests

USED = (numpy, pydicom, requests)


def on_pid(output: Any, _uri: str, **_request: Any) -> None:
    output.AnswerBuffer(str(os.getpid()), "text/plain")


orthanc.RegisterRestCallback("/pid", on_pid)
