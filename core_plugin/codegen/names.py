# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the names of the C header to those that Python sees."""

from __future__ import annotations

import keyword
import re

PREFIX = "OrthancPlugin"


def without_prefix(name: str) -> str:
    """``OrthancPluginRestApiGet`` -> ``RestApiGet``."""
    return name.removeprefix(PREFIX)


def enum_member(enumeration: str, value: str) -> str:
    """``OrthancPluginChangeType_OrthancStarted`` -> ``ORTHANC_STARTED``.

    A word begins where a capital follows a small letter, so acronyms stay joined to the word
    after them: ``NoCFindHandler`` is ``NO_CFIND_HANDLER``, as scripts know it.
    """
    short = value.removeprefix(f"{enumeration}_")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", short).upper()


def python_identifier(name: str) -> str:
    """A parameter's name that is no keyword of Python."""
    return f"{name}_" if keyword.iskeyword(name) else name
