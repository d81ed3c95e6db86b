# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orthanc's configuration files: JSON with comments and variables of the environment."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from orthanc_runtime.cli.command_error import CommandError

Configuration = dict[str, Any]

# Orthanc reads a relative path from the folder of the file; the merged file lies elsewhere.
PATHS = (
    "StorageDirectory",
    "IndexDirectory",
    "TemporaryDirectory",
    "SslCertificate",
    "SslTrustedClientCertificates",
    "HttpsCACertificates",
    "DicomTlsCertificate",
    "DicomTlsPrivateKey",
    "DicomTlsTrustedCertificates",
)
PATH_LISTS = ("Plugins", "LuaScripts")

_STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def read_configuration(path: Path) -> Configuration:
    """Read one file as Orthanc would, its relative paths made absolute."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandError(f"cannot read the configuration {path}: {reason}") from None
    try:
        content = json.loads(strip_comments(_substitute(text)))
    except ValueError as error:
        raise CommandError(f"the configuration {path} is not valid JSON: {error}") from None
    if not isinstance(content, dict):
        raise CommandError(f"the configuration {path} must be a JSON object")
    return _with_absolute_paths(content, path.resolve().parent)


def read_configurations(path: Path) -> Configuration:
    """A file, or as Orthanc a folder: of it all files that end in .json.

    Orthanc refuses an option that stands in two of them, and so does this.
    """
    if not path.is_dir():
        return read_configuration(path)
    files = sorted(file for file in path.iterdir() if file.suffix == ".json")
    if not files:
        raise CommandError(f"no file in {path} ends in .json")
    configuration: Configuration = {}
    places: dict[str, Path] = {}
    for file in files:
        found = read_configuration(file)
        for key in found:
            if key in places:
                raise CommandError(
                    f'"{key}" stands in both {places[key]} and {file}, which Orthanc refuses: '
                    "keep one"
                )
            places[key] = file
        configuration |= found
    return configuration


def strip_comments(text: str) -> str:
    """Blank out // and /* */ comments; line numbers stay, so that errors point to the right one."""

    def replace(match: re.Match[str]) -> str:
        token = match.group()
        return token if token.startswith('"') else re.sub(r"[^\n]", " ", token)

    return _STRING_OR_COMMENT.sub(replace, text)


def merge(base: Configuration, changes: Configuration) -> Configuration:
    """``base`` with ``changes`` on top; objects are merged key by key, all else is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = (
            merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _substitute(text: str) -> str:
    return _VARIABLE.sub(lambda match: os.environ.get(match[1], match[2] or ""), text)


def _with_absolute_paths(content: Configuration, folder: Path) -> Configuration:
    resolved = dict(content)
    for key in PATHS:
        if isinstance(resolved.get(key), str):
            resolved[key] = str(folder / resolved[key])
    for key in PATH_LISTS:
        if isinstance(resolved.get(key), list):
            resolved[key] = [str(folder / str(entry)) for entry in resolved[key]]
    return resolved
