# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first words with a new worker: BOOTSTRAP, then HELLO or STARTUP_FAILED."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

from orthanc_runtime import protocol

# A traceback and a table of handlers fit easily; the frame comes from a process that runs
# the user's code.
LONGEST_ANSWER = 4 * 1024 * 1024


# Begins the complaint about a worker with another table of handlers.
HANDLERS_DIFFER = "the script offloads other handlers in a worker than in Orthanc"


class WorkerNotReadyError(Exception):
    """The worker cannot serve. ``final``: nor can any other one until Orthanc is restarted."""

    def __init__(self, reason: str, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


async def introduce(lane: socket.socket, bootstrap: dict[str, Any]) -> list[str]:
    """Tell the worker what it is, and check what it answers; ``lane`` does not block.

    Returns what an operator should know about the fork server.

    Raises WorkerNotReadyError, and ConnectionError where the worker hangs up.
    """
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(lane, protocol.pack(protocol.Kind.BOOTSTRAP, 0, 0, bootstrap))
    kind, head = await _receive(lane)
    if kind == protocol.Kind.STARTUP_FAILED:
        raise WorkerNotReadyError(_startup_failure(head))
    if kind != protocol.Kind.HELLO or not isinstance(head, dict):
        raise WorkerNotReadyError(f"the worker answered with frame {kind} instead of HELLO")
    _check_build(head, bootstrap)
    check_handlers(bootstrap["handlers"], head.get("handlers"))
    return _complaints(head)


def check_handlers(master: Sequence[str], worker: object) -> None:
    """Raises WorkerNotReadyError, naming what only one side has."""
    if not isinstance(worker, list) or not all(isinstance(entry, str) for entry in worker):
        raise WorkerNotReadyError("the worker sent no table of its offloaded handlers")
    if sorted(master) == sorted(worker):
        return
    only_master = sorted(set(master) - set(worker))
    only_worker = sorted(set(worker) - set(master))
    raise WorkerNotReadyError(
        f"{HANDLERS_DIFFER}: only in Orthanc "
        f"{only_master or 'none'}, only in the worker {only_worker or 'none'}. What it registers "
        "must not depend on where or when it is imported; after a change of the script restart "
        "Orthanc"
    )


def _check_build(head: dict[Any, Any], bootstrap: dict[str, Any]) -> None:
    for key in ("protocol", "build"):
        if head.get(key) != bootstrap[key]:
            raise WorkerNotReadyError(
                f"the installed orthanc-runtime is not the one that Orthanc has loaded "
                f"({key} {head.get(key)!r}, loaded {bootstrap[key]!r}): restart Orthanc",
                final=True,
            )


def _complaints(head: dict[Any, Any]) -> list[str]:
    missing = head.get("missing_preload")
    complaints = [
        f"Python.Workers.Preload: {name} was not preloaded: {reason}"
        for name, reason in (missing.items() if isinstance(missing, dict) else ())
    ]
    threads = head.get("forkserver_threads")
    if isinstance(threads, int) and threads > 1:
        complaints.append(
            f"the fork server runs {threads} threads after importing Python.Workers.Preload; "
            "workers forked from it can hang: remove the module that starts threads, or set "
            "StartMethod to Spawn"
        )
    return complaints


def _startup_failure(head: object) -> str:
    if isinstance(head, list) and len(head) == 3:
        kind, message, traceback = (str(part) for part in head)
        return f"the script fails in a worker: {kind}: {message}\n{traceback.rstrip()}"
    return "the worker could not start and did not say why"


async def _receive(lane: socket.socket) -> tuple[int, Any]:
    """Exactly one frame: what follows on the lane is not for us."""
    header = protocol.HEADER.unpack(await _receive_exactly(lane, protocol.HEADER.size))
    magic, kind, _, head_length, body_length, _ = header
    if magic != protocol.MAGIC or head_length > LONGEST_ANSWER or body_length > 0:
        raise WorkerNotReadyError("the worker sent something that is not a frame")
    try:
        return kind, protocol.unpack_head(await _receive_exactly(lane, head_length))
    except protocol.ProtocolError as error:
        raise WorkerNotReadyError(f"the worker sent a broken frame: {error}") from error


async def _receive_exactly(lane: socket.socket, length: int) -> bytes:
    loop = asyncio.get_running_loop()
    received = bytearray()
    while len(received) < length:
        part = await loop.sock_recv(lane, length - len(received))
        if not part:
            raise ConnectionResetError("the worker closed its lane before HELLO")
        received += part
    return bytes(received)
