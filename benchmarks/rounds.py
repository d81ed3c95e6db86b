# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the variants in turn, round after round, so that a slow minute hits all of them."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.question import Figures, Question, Ratio, Variant


@dataclass(frozen=True)
class Spread:
    """A median with the range it comes from."""

    median: float
    minimum: float
    maximum: float


@dataclass
class Result:
    """All rounds of one question."""

    question: Question
    rounds: dict[tuple[str, str], list[Figures]]  # by key of the variant

    def figure(self, variant: Variant, name: str) -> Spread | None:
        """None where no round measured it."""
        return _spread([figures[name] for figures in self.rounds[variant.key] if name in figures])

    def ratio(self, ratio: Ratio) -> Spread | None:
        """The spread of the ratios of single rounds, not the ratio of the medians."""
        pairs = zip(self.rounds[ratio.over.key], self.rounds[ratio.under.key], strict=False)
        name = ratio.figure
        return _spread(
            [over[name] / under[name] for over, under in pairs if name in over and under.get(name)]
        )


def run_rounds(question: Question, count: int, say: Callable[[str], None]) -> Result:
    """A discarded warm-up of every variant, then ``count`` rounds of A B A B."""
    say(f"{question.name}: warm-up")
    for variant in question.variants:
        variant.run()
    result = Result(question, {variant.key: [] for variant in question.variants})
    for number in range(1, count + 1):
        for variant in question.variants:
            say(f"{question.name}: round {number} of {count}, {variant.name}, {variant.level}")
            result.rounds[variant.key].append(variant.run())
    return result


def _spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values))
