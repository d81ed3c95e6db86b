# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc's log, as the code of the master interpreter sees it."""

from __future__ import annotations

from typing import Protocol

from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.native import Native


class MasterLog(Protocol):
    """One line each call, at the level of its code."""

    def write(self, code: LogCode, message: str, *, worker: int = 0, handler: str = "") -> None:
        """``worker``: the pid that the line is about; ``handler``: an address."""


class OrthancLog:
    """Writes through the plugin, which knows the format of the log."""

    def __init__(self, native: Native) -> None:
        self._native = native

    def write(self, code: LogCode, message: str, *, worker: int = 0, handler: str = "") -> None:
        data = message.encode("utf-8", "backslashreplace")
        address = handler.encode("utf-8", "backslashreplace").decode()
        self._native.log(int(code), data, worker, address)
