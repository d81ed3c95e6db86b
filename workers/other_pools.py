# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of functions that belong into workers of another pool: by way of Orthanc."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orthanc_runtime import errors, payload
from orthanc_runtime.addresses import VALUE, function_address
from orthanc_runtime.offload import Offloaded

from .calls import Calls


def call_there(
    calls: Calls,
    offloaded: Offloaded[..., Any],
    arguments: tuple[Any, ...],
    keywords: Mapping[str, Any],
) -> Any:
    """Blocks until the other worker has answered; at most as long as the task that calls may take.

    Raises what the function raises, and the OffloadError tree: PoolSaturated where no worker of a
    pool is idle for which this one may not wait.
    """
    address = function_address(offloaded)
    if address.startswith(VALUE):
        arguments = (offloaded.__wrapped__, *arguments)
    parts = payload.encode_call(arguments, keywords, address.rpartition(":")[2])
    (error, message, failure), body = calls.call(
        "CallFunction",
        offloaded.pool,
        address,
        offloaded.timeout,
        offloaded.idempotent,
        offloaded.cancellable,
        offloaded.concurrency,
        parts=parts,
    )
    if error:
        raise getattr(errors, error)(message)
    if failure is not None:
        raise payload.decode_failure(failure, body)
    # Arrays in it are made in this memory, and must be writable.
    return payload.decode_result(bytearray(body))
