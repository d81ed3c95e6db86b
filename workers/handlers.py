# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the address in a TASK frame to what must be called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from orthanc_runtime.addresses import VALUE
from orthanc_runtime.errors import NotAddressable
from orthanc_runtime.offload import Offloaded


class Handlers:
    """What the import of the script has registered, and functions of modules imported later."""

    def __init__(self) -> None:
        self._table: dict[str, Callable[..., Any]] = {}

    def load(self, table: dict[str, Callable[..., Any]]) -> None:
        """Take over what the import has registered."""
        self._table = table

    def find(self, address: str) -> Callable[..., Any]:
        """The callable of this address. Raises NotAddressable."""
        found = self._table.get(address)
        if found is None:
            found = self._table[address] = _function(address)
        return found


def _call(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """A function that has travelled with its arguments."""
    return function(*arguments, **keywords)


def _function(address: str) -> Callable[..., Any]:
    kind, _, name = address.partition(":")
    module_name, _, qualname = name.partition(":")
    if address.startswith(VALUE):
        return _call
    if kind != "function" or not qualname:
        raise NotAddressable(f"this worker has no handler {address}")
    try:
        found: Any = sys.modules.get(module_name) or importlib.import_module(module_name)
        for part in qualname.split("."):
            found = getattr(found, part)
    except Exception as error:
        raise NotAddressable(
            f"a worker cannot find {module_name}.{qualname}: {type(error).__name__}: {error}"
        ) from error
    function: Callable[..., Any] = found.__wrapped__ if isinstance(found, Offloaded) else found
    return function
