# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ratios of one question as bars that begin at 1, where both are equal."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from benchmarks.plot_style import FAINT, INK, MET, MISSED, OPEN, head, new_figure, plain
from benchmarks.question import Bound, Target
from benchmarks.report import number

_ROW = 0.26  # inches
_MARGIN = 1.15
_SIGNS = {Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤", Bound.ABOUT: "≈"}
_NARROWEST = 1.25  # from 1, so that small differences do not look like large ones


def bars(question: dict[str, Any], machine: str) -> Figure | None:
    """None where nothing was measured."""
    ratios = [ratio for ratio in question["ratios"] if ratio["median"] is not None]
    if not ratios:
        return None
    figure = new_figure(_MARGIN + _ROW * len(ratios))
    axes = figure.subplots()
    plain(axes)
    colours = set()
    for row, ratio in enumerate(ratios):
        colours.add(_bar(axes, row, ratio))
    axes.axvline(1, color=INK, linewidth=0.8)
    _scale(axes, ratios)
    axes.set_yticks(range(len(ratios)), [_name(ratio) for ratio in ratios])
    axes.set_ylim(len(ratios) - 0.4, -0.6)
    _remarks(axes, ratios)
    head(figure, f"{question['name']}: {question['asks']}")
    axes.set_title(machine, loc="right", fontsize="small", color=OPEN)
    figure.legend(handles=_legend(colours), loc="outside lower right", ncols=4, frameon=False)
    return figure


def _bar(axes: Axes, row: int, ratio: dict[str, Any]) -> str:
    median, target = ratio["median"], _target(ratio)
    met = None if target is None else target.met(median)
    colour = OPEN if met is None else MET if met else MISSED
    axes.barh(row, median - 1, left=1, height=0.6, color=colour)
    axes.plot([ratio["minimum"], ratio["maximum"]], [row, row], color=INK, linewidth=1)
    if target is not None:
        axes.plot([target.value] * 2, [row - 0.4, row + 0.4], color=INK, linewidth=2)
    return colour


def _scale(axes: Axes, ratios: list[dict[str, Any]]) -> None:
    values = [ratio[name] for ratio in ratios for name in ("minimum", "maximum")]
    values += [target.value for ratio in ratios if (target := _target(ratio)) is not None]
    axes.set_xscale("log")
    axes.set_xlim(min(*values, 1 / _NARROWEST) / 1.05, max(*values, _NARROWEST) * 1.05)
    steps = (
        (1.0, 2.0, 5.0) if max(values) / min(values) > 4 else (1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 8.0)
    )
    axes.xaxis.set_major_locator(LogLocator(subs=steps))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(axis="x", color=FAINT)
    axes.set_xlabel("ratio (1: the same)", loc="left")


def _remarks(axes: Axes, ratios: list[dict[str, Any]]) -> None:
    """The numbers, at the right edge."""
    right = axes.secondary_yaxis("right")
    right.spines["right"].set_visible(False)
    right.tick_params(length=0)
    right.set_yticks(range(len(ratios)), [_remark(ratio) for ratio in ratios])


def _remark(ratio: dict[str, Any]) -> str:
    target = _target(ratio)
    aim = "" if target is None else f"  ({_SIGNS[target.bound]} {target.value:g})"
    return f"{number(ratio['median'])}{aim}"


def _name(ratio: dict[str, Any]) -> str:
    return ", ".join(part for part in (ratio["label"], ratio["level"]) if part)


def _target(ratio: dict[str, Any]) -> Target | None:
    target = ratio["target"]
    return None if target is None else Target(Bound(target["bound"]), target["value"])


def _legend(colours: set[str]) -> list[Patch | Line2D]:
    names = {MET: "target met", MISSED: "target missed", OPEN: "no target"}
    shown: list[Patch | Line2D] = [
        Patch(color=colour, label=name) for colour, name in names.items() if colour in colours
    ]
    shown.append(Line2D([], [], color=INK, linewidth=1, label="range of the rounds"))
    if colours != {OPEN}:  # else no ratio has one
        shown.append(
            Line2D([], [], color=INK, linewidth=2, marker="|", linestyle="", label="target")
        )
    return shown
