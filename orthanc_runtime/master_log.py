# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc's log, as the code of the master interpreter sees it."""

from __future__ import annotations

from typing import Any, Protocol


class MasterLog(Protocol):
    """Three levels, one message each call."""

    def error(self, message: str) -> None: ...

    def warning(self, message: str) -> None: ...

    def info(self, message: str) -> None: ...


class OrthancLog:
    """Writes through the ``orthanc`` module."""

    def __init__(self, orthanc: Any) -> None:
        self._orthanc = orthanc

    def error(self, message: str) -> None:
        self._orthanc.LogError(message)

    def warning(self, message: str) -> None:
        self._orthanc.LogWarning(message)

    def info(self, message: str) -> None:
        self._orthanc.LogInfo(message)
