# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failure of a command, told in one line."""

from __future__ import annotations


class CommandError(Exception):
    """What went wrong and what to do about it; becomes exit code 1."""
