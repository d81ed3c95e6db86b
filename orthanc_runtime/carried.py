# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to the ``orthanc`` module, on its way between Orthanc and a worker.

Both have the same SDK, so members of its enumerations arrive as members there, while pickles that
scripts make hold plain ints.
"""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator
from typing import Any


class _Carrying(threading.local):
    active = False


_carrying = _Carrying()


@contextlib.contextmanager
def carrying() -> Iterator[None]:
    """What this thread pickles meanwhile is for the other interpreter."""
    _carrying.active = True
    try:
        yield
    finally:
        _carrying.active = False


def is_carrying() -> bool:
    """Whether this thread pickles for the other interpreter."""
    return _carrying.active


def member(enumeration: str, value: int) -> int:
    """Of the SDK; the value itself where it has no such member."""
    sdk: Any = importlib.import_module("orthanc_runtime.sdk")
    found: int = getattr(sdk, enumeration).member_or_int(value)
    return found
