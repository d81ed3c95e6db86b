# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One module per question; each prepares its servers and says what is to be compared."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.contestants import Contestants
from benchmarks.question import Question
from benchmarks.questions import (
    busy_master,
    computation,
    floor,
    gil_held,
    large,
    master,
    noop,
    worker_start,
)

QUESTIONS: dict[str, Callable[[Contestants], Question]] = {
    "noop": noop.prepare,
    "floor": floor.prepare,
    "master": master.prepare,
    "busy_master": busy_master.prepare,
    "gil_held": gil_held.prepare,
    "computation": computation.prepare,
    "large": large.prepare,
    "worker_start": worker_start.prepare,
}
