# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and places of callables, for people."""

from __future__ import annotations

import functools
import inspect
from types import CodeType, FrameType, MethodType
from typing import Any

from orthanc_runtime.offload import Offloaded


def undecorated(callback: Any) -> Any:
    """The function within methods, partials and decorators."""
    while True:
        if isinstance(callback, functools.partial):
            callback = callback.func
        elif isinstance(callback, MethodType):
            callback = callback.__func__
        elif isinstance(callback, Offloaded):
            callback = callback.__wrapped__
        else:
            inner = getattr(callback, "__wrapped__", None)
            if not callable(inner):
                return callback
            callback = inner


def code_of(callback: Any) -> CodeType | None:
    """Of a function, or of what makes an object callable."""
    function = undecorated(callback)
    for candidate in (function, vars(type(function)).get("__call__")):
        code = getattr(candidate, "__code__", None)
        if isinstance(code, CodeType):
            return code
    return None


def place_of(callback: Any) -> str:
    """``file:line`` of its definition; of a class its file; empty where nobody knows."""
    code = code_of(callback)
    if code is not None:
        return f"{code.co_filename}:{code.co_firstlineno}"
    try:
        return inspect.getsourcefile(undecorated(callback)) or ""
    except (TypeError, OSError):
        return ""


def place_of_frame(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def name_of(callback: Any) -> str:
    """``OnComputation``, ``Service.compute``; of an object its type."""
    function = undecorated(callback)
    name = getattr(function, "__qualname__", None) or type(function).__qualname__
    return str(name)
