# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.question import Bound, Target
from benchmarks.rounds import Result, Spread

_SIGNS = {Bound.AT_LEAST: ">=", Bound.AT_MOST: "<=", Bound.ABOUT: "~"}


def print_header(facts: Mapping[str, str], console: Console) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in facts.items():
        table.add_row(name, value)
    console.print(table)


def print_result(result: Result, console: Console) -> None:
    question = result.question
    count = min(len(rounds) for rounds in result.rounds.values())
    console.print(f"\n{question.name}: {question.asks}", highlight=False, soft_wrap=True)
    console.print(_figures(result, count))
    if question.ratios:
        console.print(_ratios(result))
    for note in question.notes:
        console.print(f"  {note}", highlight=False, soft_wrap=True)


def _figures(result: Result, count: int) -> Table:
    table = _table(f"median of {count} round{'s' * (count > 1)}", "")
    for column in result.question.columns:
        table.add_column(column.heading, justify="right", no_wrap=True)
    table.add_column("target")
    for variant in result.question.variants:
        cells = []
        remarks = []
        for column in result.question.columns:
            spread = result.figure(variant, column.figure)
            median = None if spread is None else spread.median * column.factor
            cells.append("-" if median is None else number(median))
            target = variant.targets.get(column.figure)
            if target is not None:
                remarks.append(f"{column.heading} {verdict(target, median)}")
        table.add_row(variant.name, variant.level, *cells, ", ".join(remarks))
    return table


def _ratios(result: Result) -> Table:
    table = _table("ratio of", "")
    for heading in ("median", "min..max"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("target")
    for ratio in result.question.ratios:
        spread = result.ratio(ratio)
        median = None if spread is None else spread.median
        table.add_row(
            ratio.label,
            ratio.over.level,
            "-" if median is None else number(median),
            _range(spread),
            "" if ratio.target is None else verdict(ratio.target, median),
        )
    return table


def number(value: float) -> str:
    """Three significant digits, never an exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdict(target: Target, value: float | None) -> str:
    """``>= 3 met``."""
    met = None if value is None else target.met(value)
    word = "" if met is None else " [green]met[/]" if met else " [red]missed[/]"
    return f"{_SIGNS[target.bound]} {target.value:g}{word}"


def _range(spread: Spread | None) -> str:
    return "-" if spread is None else f"{number(spread.minimum)}..{number(spread.maximum)}"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for heading in headings:
        table.add_column(heading, no_wrap=True)
    return table
