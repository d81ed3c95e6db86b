# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs as they are typed."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from orthanc_runtime.cli.command_error import CommandError


def split_url(url: str) -> SplitResult:
    """Its parts; without a scheme it is http. Raises CommandError."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise CommandError(f"bad URL {url}: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError(f"not an http:// or https:// URL: {url}")
    return parts
