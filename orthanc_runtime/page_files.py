# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the page in the browser, for the plugin, which serves them from memory."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib import resources

FOLDER = "app"
INDEX = "index.html"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Nothing from elsewhere, nothing inline but what is listed, no frame in pages of others.
POLICY = (
    "default-src 'none'; script-src 'self' {inline}; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def page_files() -> dict[str, tuple[str, str, bytes]]:
    """By name: media type, entity tag, and content."""
    files = {}
    for entry in resources.files("orthanc_runtime").joinpath(FOLDER).iterdir():
        suffix = "." + entry.name.rpartition(".")[2]
        if suffix in TYPES:
            body = entry.read_bytes()
            files[entry.name] = (TYPES[suffix], f'"{hashlib.sha256(body).hexdigest()[:16]}"', body)
    return files


def security_policy(files: Mapping[str, tuple[str, str, bytes]]) -> str:
    """The Content-Security-Policy (CSP level 3), which knows inline scripts by their hash."""
    scripts = re.findall(rb"<script>(.*?)</script>", files[INDEX][2], re.DOTALL)
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    return POLICY.format(inline=" ".join(f"'sha256-{each}'" for each in hashes))
