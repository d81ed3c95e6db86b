# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plugin was built for, and what runs it."""

from __future__ import annotations

import functools
import re
import subprocess

from server import orthanc_binary

from orthanc_runtime.sdk import SDK_VERSION

Version = tuple[int, int, int]


@functools.cache
def sdk_under_test() -> Version:
    """The older one of the SDK that the plugin was built with and the installed Orthanc."""
    return min(built_with(), orthanc_version())


def built_with() -> Version:
    """The SDK that the plugin was built with."""
    return _version(SDK_VERSION)


@functools.cache
def orthanc_version() -> Version:
    """The version of the installed Orthanc."""
    command = [orthanc_binary(), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    return _version(done.stdout)


def _version(text: str) -> Version:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", text)
    assert found is not None, text
    major, minor, revision = map(int, found.groups())
    return major, minor, revision
