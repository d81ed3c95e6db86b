# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How ``rest`` reaches the Orthanc of this start."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from orthanc_runtime.log_codes import LogCode
from orthanc_runtime.master_log import MasterLog
from orthanc_runtime.rest_access import rest_access
from orthanc_runtime.role import RestAccess
from orthanc_runtime.settings_reading import Settings


def new_token() -> str:
    token: str = importlib.import_module("orthanc").GenerateRestApiAuthorizationToken()
    return token


class Access:
    """The access of ``rest``, made when it is first needed: its token is one for each start."""

    def __init__(
        self,
        configuration: Mapping[str, Any],
        settings: Settings,
        facts: Mapping[str, str],
        log: MasterLog,
    ) -> None:
        self._configuration = configuration
        self._settings = settings
        self._folder = _configuration_folder(facts)
        self._log = log
        self._lock = threading.Lock()
        self._made: RestAccess | None = None

    def __call__(self) -> RestAccess:
        with self._lock:
            if self._made is None:
                token = new_token()
                warnings: list[str] = []
                self._made = rest_access(
                    self._configuration, self._settings.workers, token, self._folder, warnings
                )
                for warning in warnings:
                    self._log.write(LogCode.REST_ACCESS_ODD, warning)
            return self._made


def _configuration_folder(facts: Mapping[str, str]) -> Path:
    """Where Orthanc's relative paths begin; the configuration may be a file or a folder."""
    path = Path(facts.get("configuration_path") or ".").absolute()
    return path if path.is_dir() else path.parent
