# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a script or of a server has found, and what to do about it."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass
from typing import Any, Self


class Level(enum.Enum):
    """How much a finding matters."""

    ERROR = "error"
    """It does not work."""
    WARNING = "warning"
    """It works, but badly, or not always."""
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Each text is one line."""

    level: Level
    what: str
    why: str = ""
    remedy: str = ""
    place: str = ""
    """``file:line``, or a key of the configuration."""

    def as_dict(self) -> dict[str, str]:
        return dataclasses.asdict(self) | {"level": self.level.value}

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**fields | {"level": Level(fields["level"])})
