# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools that a script names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection
from typing import Any

from .errors import SettingsError


def check_pool(
    decorator: str, pool: str, decorated: Callable[..., Any], configured: Collection[str]
) -> None:
    """Raises SettingsError where the pool is not configured."""
    if pool not in configured:
        raise SettingsError(
            f'@{decorator}(pool="{pool}") at {_place(decorated)}: Python.Workers.Pools has no '
            f"such pool; there are: {', '.join(configured)}"
        )


def _place(decorated: Callable[..., Any]) -> str:
    """File and line of the decorator, as far as they can be known."""
    code = getattr(inspect.unwrap(decorated), "__code__", None)
    if code is None:
        return f"{decorated!r} in {getattr(decorated, '__module__', 'an unknown module')}"
    return f"{code.co_filename}:{code.co_firstlineno}"
