# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes that are registered while Orthanc runs."""

from __future__ import annotations

import time

from server import OrthancServer

PATIENCE = 10.0


def answered(server: OrthancServer, path: str, body: bytes | None = None) -> str:
    """The answer of a route that was registered while Orthanc runs, to GET, or to POST of a body.

    Orthanc adds it as soon as no REST callback is running, and refuses what comes in between.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if body is None:
            answer = server.get(path, timeout=PATIENCE)
        else:
            answer = server.post(path, body, timeout=PATIENCE)
        if answer.status_code not in (404, 503):
            return answer.text
    return "never registered"
