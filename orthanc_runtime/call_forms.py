# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of a call that does not fit a function of the ``orthanc`` module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn


def refuse(
    forms: Sequence[str], arguments: Sequence[object], keywords: Mapping[str, object]
) -> NoReturn:
    """Raise the TypeError, with the types of the arguments: their values may be of patients.

    ``forms`` are the ways to call the function: ``RestApiGet(uri: str, /) -> bytes``.
    """
    name = forms[0].partition("(")[0]
    given = [type(argument).__name__ for argument in arguments]
    given += [f"{key}={type(value).__name__}" for key, value in keywords.items()]
    expected = " or ".join(form.partition(" -> ")[0] for form in forms)
    raise TypeError(f"{name}({', '.join(given)}): expected {expected}")
