# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the samples lie."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def sample(name: str) -> Path:
    """``rest/hello``, for example."""
    path = SAMPLES / f"{name}.py"
    assert path.is_file(), path
    return path
