# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``multiprocess`` tells a new worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orthanc_runtime.forkserver import preparation_for

pytestmark = pytest.mark.unit


def test_a_folder_that_orthanc_cannot_enter_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where ``root`` starts it for another user, in its own home."""
    monkeypatch.chdir(tmp_path)
    assert preparation_for("worker", None)["dir"] == str(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: (Path(path), mode) != (tmp_path, os.X_OK))
    assert "dir" not in preparation_for("worker", None)
