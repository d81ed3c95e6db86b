# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts of scripts with real workers, of which nothing may be left."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from started_pool import FakeOrthanc, Start, StartedPool, family

from orthanc_runtime import role
from orthanc_runtime.runtime_folder import PREFIX


@pytest.fixture
def fake_orthanc(monkeypatch: pytest.MonkeyPatch) -> FakeOrthanc:
    fake = FakeOrthanc()
    monkeypatch.setitem(sys.modules, "orthanc", fake)
    return fake


@pytest.fixture
def start_script(
    fake_orthanc: FakeOrthanc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts the text of a script; afterwards nothing may be left."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    monkeypatch.setattr(sys, "path", list(sys.path))
    # A fork server looks for modules in the current folder, where Orthanc's Python does not.
    monkeypatch.chdir(tmp_path)
    before = set(family())
    started: list[StartedPool] = []

    def start_script(text: str, count: int = 1, **workers: Any) -> StartedPool:
        script = tmp_path / "supervised.py"
        script.write_text(text)
        pool = StartedPool(fake_orthanc, script, {"Count": count, **workers})
        started.append(pool)
        return pool

    yield start_script
    while started:
        assert started.pop().stop()
    role.install(role.Outside())
    sys.modules.pop("supervised", None)
    left = {pid: command for pid, command in family().items() if pid not in before}
    assert left == {}, fake_orthanc.text()
    assert list(runtime.glob(f"{PREFIX}*")) == []
