# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a benchmark consists of: variants that run in turn, ratios between them, targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

Figures = Mapping[str, float]
"""What one run of one variant measured, by name."""


class Bound(Enum):
    """How a target limits a number."""

    AT_LEAST = "at least"
    AT_MOST = "at most"
    ABOUT = "about"  # no verdict, only something to read the number against


@dataclass(frozen=True)
class Target:
    """What is aimed at. Reported, never enforced: a busy machine is no failure."""

    bound: Bound
    value: float

    def met(self, number: float) -> bool | None:
        """None where there is no verdict."""
        if self.bound is Bound.AT_LEAST:
            return number >= self.value
        if self.bound is Bound.AT_MOST:
            return number <= self.value
        return None


def at_least(value: float) -> Target:
    return Target(Bound.AT_LEAST, value)


def at_most(value: float) -> Target:
    return Target(Bound.AT_MOST, value)


def about(value: float) -> Target:
    return Target(Bound.ABOUT, value)


@dataclass(frozen=True)
class Column:
    """One figure of the variants as a column of the table."""

    figure: str
    heading: str
    factor: float = 1.0  # from the measured unit to the shown one


@dataclass(frozen=True)
class Variant:
    """One thing that is measured; a row of the table."""

    name: str
    level: str  # such as "8 clients"
    run: Callable[[], Figures]
    targets: Mapping[str, Target] = field(default_factory=dict)  # by figure, in the shown unit

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.level


@dataclass(frozen=True)
class Ratio:
    """``figure`` of one variant over that of another, round by round."""

    label: str
    figure: str
    over: Variant
    under: Variant
    target: Target | None = None


@dataclass(frozen=True)
class Question:
    """One file under ``questions`` makes one of these."""

    name: str
    asks: str
    columns: list[Column]
    variants: list[Variant]  # in the order in which a round runs them
    ratios: list[Ratio]
    notes: list[str] = field(default_factory=list)
