# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be the user of the workers."""

from __future__ import annotations

import os
import pwd

import pytest

from orthanc_runtime.errors import SettingsError
from orthanc_runtime.worker_user import find_user

pytestmark = pytest.mark.unit

ME = pwd.getpwuid(os.getuid())


def test_nobody_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert find_user(None) is None


def test_only_root_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SettingsError, match=r"Workers\.RunAs is 'someone'.* not run as root.*"):
        find_user("someone")


def test_an_unknown_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SettingsError, match=r"Workers\.RunAs is 'no-such-user', which is no user"):
        find_user("no-such-user")


def test_a_user_with_groups_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    user = find_user(ME.pw_name)
    assert user is not None
    assert (user.uid, user.gid) == (ME.pw_uid, ME.pw_gid)
    assert set(user.groups) == set(os.getgrouplist(ME.pw_name, ME.pw_gid))
    assert user.environment == {"HOME": ME.pw_dir, "USER": ME.pw_name, "LOGNAME": ME.pw_name}


def test_what_cannot_be_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key, since the same file may well be run by Orthanc."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    user = find_user(ME.pw_name)
    assert user is not None
    with pytest.raises(FileNotFoundError, match=rf"as user {ME.pw_name} .*RunAs.*no-such-python"):
        user.spawn("/no-such-python", ["python"], [])
