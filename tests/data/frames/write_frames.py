# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the golden frames beside this file: ``python tests/data/frames/write_frames.py``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orthanc_runtime.protocol import Kind, pack

HERE = Path(__file__).parent

# name: kind, task, depth, head, body
FRAMES: dict[str, tuple[Kind, int, int, Any, bytes]] = {
    "bootstrap": (
        Kind.BOOTSTRAP,
        0,
        0,
        {
            "protocol": 3,
            "build": "0.1.0 0123abcd",
            "worker": 1,
            "scripts": [{"path": "/scripts/grün.py", "module": "grün"}],
            "token": "Bearer 0123",
            "rest": {"url": "http://127.0.0.1:8042", "fingerprint": None, "certificate": None},
            "facts": {"configuration": "{}"},
            "handlers": ["rest:script:/a#1"],
            "preload": [],
        },
        b"",
    ),
    "task-rest-get": (
        Kind.TASK,
        1,
        0,
        [0, "rest:script:/a/(.*)#1", "GET", "/a/b", ["b"], {"x": "1", "y": ""}, {"host": "h"}],
        b"",
    ),
    "task-rest-post": (
        Kind.TASK,
        2**63 + 1,
        4,
        [0, "rest:script:/a#2", "POST", "/a", [], None, {}],
        b"\x00\x01\xff",
    ),
    "task-function": (Kind.TASK, 3, 1, [1, "function:script:Class.method"], b"OR-in-the-body"),
    "cancel": (Kind.CANCEL, 3, 1, [], b""),
    "reply": (Kind.REPLY, 3, 0, [0, "", True], b"answer"),
    "reply-error": (Kind.REPLY, 3, 0, [17, "Unknown resource", None], b""),
    "reply-value": (Kind.REPLY, 0, 0, [0, "", 512], b""),
    "reply-values": (Kind.REPLY, 0, 0, [0, "", [True, '{"a": "b"}', 200]], b"answer"),
    "hello": (
        Kind.HELLO,
        0,
        0,
        {
            "protocol": 3,
            "build": "0.1.0 0123abcd",
            "pid": 4711,
            "handlers": ["function:script:f", "rest:script:/a#1"],
            "missing_preload": {"absent": "ModuleNotFoundError: No module named 'absent'"},
            "forkserver_threads": 1,
        },
        b"",
    ),
    "startup-failed": (
        Kind.STARTUP_FAILED,
        0,
        0,
        ["ZeroDivisionError", "division by zero", "Traceback (most recent call last):\n"],
        b"",
    ),
    "output-answer": (Kind.OUTPUT, 1, 0, ["AnswerBuffer", "text/plain"], b"x" * 300),
    "output-status": (Kind.OUTPUT, 1, 0, ["SendHttpStatus", 404], b"gone"),
    "output-details": (Kind.OUTPUT, 1, 0, ["SetHttpErrorDetails", "d", 1], b""),
    "done": (Kind.DONE, 1, 0, [], b""),
    "done-result": (Kind.DONE, 3, 1, [], bytes(range(256))),
    "failed": (Kind.FAILED, 1, 0, ["ValueError", "grün", "Traceback\n", None], b""),
    "failed-with-code": (
        Kind.FAILED,
        1,
        0,
        ["orthanc.OrthancException", "(17, 'Unknown resource')", "Traceback\n", 17],
        b"pickled",
    ),
    "call": (Kind.CALL, 1, 0, ["RestApiPost", "/tools/find", 2], b"{}"),
    "free": (Kind.FREE, 1, 0, [1, 2**40], b""),
    "log": (Kind.LOG, 0, 0, [2], "läuft".encode()),
}


def main() -> None:
    """Write one file for each frame, and ``frames.json`` with what they hold."""
    listing = {}
    for name, (kind, task, depth, head, body) in FRAMES.items():
        (HERE / f"{name}.bin").write_bytes(pack(kind, task, depth, head, len(body)) + body)
        listing[name] = {
            "kind": int(kind),
            "task": task,
            "depth": depth,
            "head": head,
            "body": body.hex(),
        }
    text = json.dumps(listing, indent=2, ensure_ascii=False)
    (HERE / "frames.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
