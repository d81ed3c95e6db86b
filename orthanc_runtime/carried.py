# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to the ``orthanc`` module, on its way between Orthanc and a worker.

Both have the same SDK, so members of its enumerations arrive as members there, while pickles that
scripts make hold plain ints. Objects of the SDK are lent: what is pickled is their place in a list
that goes along with the call, and in the worker they are numbers, see dispatch/lent_objects.h.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from typing import Any

# As in dispatch/lent_objects.h.
MAXIMUM_LENT = 256
_IS_LENT = 1 << 63
_INDEX_BITS = 8


class _Carrying(threading.local):
    active = False
    lent: list[Any] | None = None


_carrying = _Carrying()
_receive: Callable[[str, int], object] | None = None


class carrying:  # noqa: N801 - used as a function; each call enters one
    """What this thread pickles meanwhile is for the other interpreter.

    ``lent`` takes the objects of the SDK that are found on the way; without it they are refused.
    """

    __slots__ = ("_lent", "_outer")

    def __init__(self, lent: list[Any] | None = None) -> None:
        self._lent = lent

    def __enter__(self) -> None:
        self._outer = _carrying.active, _carrying.lent
        _carrying.active, _carrying.lent = True, self._lent

    def __exit__(self, *_failure: object) -> None:
        _carrying.active, _carrying.lent = self._outer


def is_carrying() -> bool:
    """Whether this thread pickles for the other interpreter."""
    return _carrying.active


def member(enumeration: str, value: int) -> int:
    """Of the SDK; the value itself where it has no such member."""
    sdk: Any = importlib.import_module("orthanc_runtime.sdk")
    found: int = getattr(sdk, enumeration).member_or_int(value)
    return found


def reduce(lent: Any) -> tuple[Callable[[str, int], object], tuple[str, int]]:
    """How an object of the SDK is pickled. Raises TypeError where it cannot be lent."""
    objects = _carrying.lent
    name = type(lent).__name__
    if objects is None:
        reason = (
            ": it is lent to a call that is waited for, and ends with it; send what is needed of it"
            if _carrying.active
            else ""
        )
        raise TypeError(f"cannot pickle 'orthanc.{name}' object{reason}")
    if len(objects) == MAXIMUM_LENT:
        raise TypeError(f"more than {MAXIMUM_LENT} objects of Orthanc in one call")
    objects.append(lent)
    return received, (name, len(objects) - 1)


def received(name: str, index: int) -> object:
    """In a worker: the object at this place. Raises TypeError elsewhere."""
    if _receive is None:
        raise TypeError(f"an 'orthanc.{name}' that was lent to a worker belongs to its task")
    return _receive(name, index)


def receive_with(receive: Callable[[str, int], object]) -> None:
    """This is a worker: what ``receive`` makes of a class and a place is received."""
    global _receive
    _receive = receive


def lent_number(task: int, index: int) -> int:
    """Of the object at this place among those lent to a task."""
    return _IS_LENT | task << _INDEX_BITS | index


def is_lent(number: int) -> bool:
    """Whether it is the number of a lent object, which is not the worker's to free."""
    return number >= _IS_LENT
