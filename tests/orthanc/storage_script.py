# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scripts with a storage area share: files in a dict, calls told, faults on demand."""

from __future__ import annotations

import json
from typing import Any

from server import OrthancServer

# The core's cache would answer in place of the storage area.
CONFIG = {"MaximumStorageCacheSize": 0, "StorageCompression": False}

SCRIPT = r"""
import json
import orthanc

FILES = {}
CALLS = []
FAULTS = {}

def fault(callback, content=b""):
    # what the test wants the callback to return instead, or None
    if callback not in FAULTS:
        return None
    return eval(FAULTS[callback], dict(globals(), content=content))

def fail(error):
    raise error

def tell(callback, *arguments):
    kinds = [type(argument).__name__ for argument in arguments]
    plain = [len(a) if isinstance(a, bytes) else a for a in arguments]
    CALLS.append([callback, kinds, [a if isinstance(a, (int, str)) else None for a in plain]])

def set_faults(output, uri, **request):
    FAULTS.clear()
    FAULTS.update(json.loads(request["body"]))
    CALLS.clear()
    output.AnswerBuffer("{}", "application/json")

def seen(output, uri, **request):
    output.AnswerBuffer(json.dumps({"calls": CALLS, "files": len(FILES)}), "application/json")

orthanc.RegisterRestCallback("/faults", set_faults)
orthanc.RegisterRestCallback("/seen", seen)
"""


def set_faults(server: OrthancServer, **faults: str) -> None:
    """Let the named callbacks return, or raise, what the expressions say; forget the calls."""
    assert server.post("/faults", json.dumps(faults)).status_code == 200


def seen(server: OrthancServer) -> dict[str, Any]:
    """``calls``, each of name, types and values (sizes of bytes), and the number of ``files``."""
    found: dict[str, Any] = server.get("/seen").json()
    return found


def calls(server: OrthancServer, callback: str) -> list[Any]:
    """Types and values of each call of one callback."""
    return [call[1:] for call in seen(server)["calls"] if call[0] == callback]


def delete_all(server: OrthancServer) -> None:
    for patient in server.get("/patients").json():
        assert server.delete(f"/patients/{patient}").status_code == 200
