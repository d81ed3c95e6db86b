# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module per question; each prepares its servers and says what is to be compared."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from benchmarks.contestants import Contestants
from benchmarks.question import Question

NAMES = (
    "noop",
    "floor",
    "master",
    "busy_master",
    "gil_held",
    "computation",
    "curve",
    "cpu",
    "functions",
    "way_back",
    "large",
    "worker_start",
    "orthanc_start",
    "growth",
)
"""In the order in which they are asked."""

QUESTIONS: dict[str, Callable[[Contestants], Question]] = {
    name: import_module(f"{__name__}.{name}").prepare for name in NAMES
}
