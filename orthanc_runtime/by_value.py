# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pickling of what has no name in a module: lambdas, local classes, closures.

This is dill, except for what dill would rather rebuild than refuse: a lock would arrive as
another lock that guards nothing, an open file would be opened, and perhaps truncated, anew.
Importing this module imports dill, which takes a while.
"""

from __future__ import annotations

import io
import threading
from typing import Any

import dill  # type: ignore[import-untyped]

_REFUSED = (
    type(threading.Lock()),
    type(threading.RLock()),
    io.TextIOWrapper,
    io.BufferedReader,
    io.BufferedWriter,
    io.BufferedRandom,
    io.FileIO,
)


class _Pickler(dill.Pickler):  # type: ignore[misc]
    # A copy of dill's own kind of dictionary.
    dispatch = type(dill.Pickler.dispatch)(dill.Pickler.dispatch)


for _kind in _REFUSED:
    _Pickler.dispatch.pop(_kind, None)


def dumps(value: Any) -> bytes:
    """Pickle ``value``; ``pickle.loads`` reads it. Raises whatever cannot be pickled does."""
    file = io.BytesIO()
    # With `recurse`, of a function's globals only those go along that it uses.
    _Pickler(file, protocol=5, recurse=True).dump(value)
    return file.getvalue()
