# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The temporary folder of a start, and those that others have left."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orthanc_runtime.runtime_folder import LOCK, PREFIX, RuntimeFolder, sweep

pytestmark = pytest.mark.unit


def test_made_for_its_user_only_and_removed(tmp_path: Path) -> None:
    folder = RuntimeFolder(tmp_path)
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (folder.path / "listener").touch()
    folder.remove()
    folder.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_living_folder_stays(tmp_path: Path) -> None:
    first, second = RuntimeFolder(tmp_path), RuntimeFolder(tmp_path)
    sweep(tmp_path)
    assert first.path.exists()
    assert second.path.exists()
    first.remove()
    second.remove()


def test_what_a_killed_orthanc_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / f"{PREFIX}1234-abcdefgh"
    left.mkdir()
    (left / LOCK).touch()
    (left / "listener").touch()
    RuntimeFolder(tmp_path).remove()
    assert not left.exists()


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    mine = tmp_path / "somewhere"
    mine.mkdir()
    (mine / LOCK).touch()
    (tmp_path / f"{PREFIX}link").symlink_to(mine)
    unfinished = tmp_path / f"{PREFIX}1234-abcdefgh"
    unfinished.mkdir()
    sweep(tmp_path)
    assert (mine / LOCK).exists()
    assert unfinished.exists()
