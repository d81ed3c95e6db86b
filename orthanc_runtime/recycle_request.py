# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""POST /python-runtime/recycle: which worker its body asks for."""

from __future__ import annotations

import json

PID = "Pid"


def wanted_pid(body: bytes) -> int | None:
    """The process of ``{"Pid": 123}``; None, for all workers, of an empty body or object.

    Raises ValueError that says what is wrong.
    """
    if not body.strip():
        return None
    form = f'the body has to be empty or {{"{PID}": 123}}'
    try:
        asked = json.loads(body)
    except ValueError:
        raise ValueError(f"{form}, and is no JSON") from None
    if not isinstance(asked, dict) or not asked.keys() <= {PID}:
        raise ValueError(form)
    pid = asked.get(PID)
    if pid is not None and type(pid) is not int:
        raise ValueError(f"{form}: {pid!r} is no process id")
    return pid
