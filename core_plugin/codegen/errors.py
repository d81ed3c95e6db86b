# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the generator."""

from __future__ import annotations


class GenerationError(Exception):
    """The header holds something that nobody has decided about; the message names it."""
