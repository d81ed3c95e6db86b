# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is not the same in several processes as in one."""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator
from types import CodeType
from typing import Any

from orthanc_runtime.addresses import VALUE, declared_address
from orthanc_runtime.findings import Finding, Level
from orthanc_runtime.offload import Offloaded

from .places import code_of, name_of, place_of


def check_state(handlers: Iterable[Any], threads: Iterable[str]) -> Iterator[Finding]:
    """``handlers`` run in workers; ``threads`` were started by the import."""
    seen = set()
    for handler in handlers:
        code = code_of(handler)
        if code is None or code in seen:
            continue
        seen.add(code)
        for name in sorted(set(_written(code))):
            yield Finding(
                Level.WARNING,
                f"{name_of(handler)} assigns the global {name}",
                "each worker has its own, which Orthanc's handlers and other workers do not see",
                "keep it in Orthanc (metadata, key-value store) or in a database, or run this "
                "handler without @offload",
                place_of(handler),
            )
    for thread in threads:
        yield Finding(
            Level.WARNING,
            f"the import starts a thread, {thread}",
            "the script is imported in Orthanc and in each worker, so each of them has one",
            "start it `if not orthanc_runtime.in_worker`, or in each worker on purpose, by "
            "@on_worker_start",
        )


def check_names(declared: Iterable[Offloaded[..., Any]]) -> Iterator[Finding]:
    """Functions of one name: calls of all of them reach the last one."""
    first: dict[str, Offloaded[..., Any]] = {}
    for offloaded in declared:
        address = declared_address(offloaded)
        if address is None or address.startswith(VALUE):
            continue
        other = first.setdefault(address, offloaded)
        if other is not offloaded:
            yield Finding(
                Level.ERROR,
                f"{name_of(offloaded)} is offloaded twice, first at {place_of(other)}",
                "a worker finds a function by its name: calls of both run this one",
                "give one of them another name",
                place_of(offloaded),
            )


def _written(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _written(constant)
