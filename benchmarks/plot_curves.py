# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rates against what grows: one panel for each kind of variant, one curve for each series.

A variant ``by routes, floor`` at the level ``100 routes`` is a point of the curve ``floor`` of the
panel ``by routes``.
"""

from __future__ import annotations

import statistics
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from benchmarks.plot_style import FAINT, OPEN, SERIES, head, new_figure, plain

_FIGURE = "throughput"
_HEIGHT = 3.1  # inches
_HEADROOM = 1.1

Variant = dict[str, Any]
Panels = dict[str, dict[str, list[Variant]]]


def curves(question: dict[str, Any], machine: str) -> Figure | None:
    """None where nothing was measured."""
    panels = _panels(question["variants"])
    if not panels:
        return None
    figure = new_figure(_HEIGHT)
    row = figure.subplots(1, len(panels), squeeze=False, sharey=True)[0]
    for axes, (title, series) in zip(row, panels.items(), strict=True):
        plain(axes)
        only = next(iter(series)) if len(series) == 1 else ""
        axes.set_title(", ".join(filter(None, (title, only))), loc="left", fontsize="medium")
        _panel(axes, series)
    highest = max(rate for variant in question["variants"] for rate in _rates(variant))
    row[0].set_ylim(0, highest * _HEADROOM)
    row[0].set_ylabel("requests per second")
    row[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    head(figure, f"{question['name']}: {question['asks']}")
    figure.supxlabel(machine, fontsize="small", color=OPEN, x=0.99, ha="right")
    return figure


def _panels(variants: list[Variant]) -> Panels:
    panels: Panels = {}
    for variant in variants:
        if _rates(variant):
            title, _, series = variant["name"].partition(", ")
            panels.setdefault(title, {}).setdefault(series, []).append(variant)
    return panels


def _panel(axes: Axes, series: dict[str, list[Variant]]) -> None:
    places: dict[float, str] = {}
    for (name, variants), colour in zip(series.items(), SERIES, strict=False):
        sizes = [_size(variant) for variant in variants]
        places |= {size: f"{size:,.0f}" for size in sizes}
        rates = [_rates(variant) for variant in variants]
        axes.plot(
            sizes, [statistics.median(each) for each in rates], "o-", color=colour, label=name
        )
        axes.vlines(sizes, [min(each) for each in rates], [max(each) for each in rates], colour)
    axes.set_xscale("log")
    axes.set_xticks(list(places), list(places.values()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(color=FAINT)
    axes.set_xlabel(variants[-1]["level"].split()[-1])
    if len(series) > 1:
        axes.legend(frameon=False, loc="lower left")


def _size(variant: Variant) -> float:
    """Of "1,000 routes"."""
    return float(variant["level"].split()[0].replace(",", ""))


def _rates(variant: Variant) -> list[float]:
    return [figures[_FIGURE] for figures in variant["rounds"] if _FIGURE in figures]
