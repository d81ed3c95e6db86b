# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A load test as a picture: each answer over time, and how latencies are distributed.

For pages and reports: light, without a frame, readable at half the width of a text. matplotlib is
imported only here.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any, TypeAlias

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.http_load import Level

Axes: TypeAlias = Any

# Told apart also by those who do not see red and green as different (Okabe and Ito).
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
INK, FAINT = "#333333", "#e5e5e5"
SIZE = 9.0, 3.2  # inches, per URL
RESOLUTION = 150  # dots per inch
BINS = 60


def check_plotting(path: Path) -> None:
    """Before anything is measured. Raises CommandError."""
    if importlib.util.find_spec("matplotlib") is None:
        raise CommandError(f"--plot needs matplotlib: {sys.executable} -m pip install matplotlib")
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise CommandError(f"--plot makes a file that ends in .png, .svg or .pdf, not {path}")


def plot(levels: list[Level], path: Path) -> None:
    """Raises CommandError where the file cannot be written."""
    figures: Any = importlib.import_module("matplotlib.figure")
    urls = list(dict.fromkeys(level.url for level in levels))
    figure = figures.Figure((SIZE[0], SIZE[1] * len(urls)), layout="constrained", facecolor="white")
    # The same scales for all URLs, so that they can be compared.
    rows = figure.subplots(
        len(urls), 2, squeeze=False, sharex="col", sharey="col", width_ratios=(3, 2)
    )
    edges = _edges([latency * 1000 for level in levels for latency in level.latencies])
    for url, (over_time, distribution) in zip(urls, rows, strict=True):
        shown = [level for level in levels if level.url == url and level.latencies]
        over_time.set_title(url, loc="left", fontsize=9, color=INK)
        _over_time(over_time, shown)
        _distribution(distribution, shown, edges)
    try:
        figure.savefig(path, dpi=RESOLUTION)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from None


def _over_time(axes: Axes, levels: list[Level]) -> None:
    """The levels one after the other, each answer where it came."""
    _plain(axes, "seconds", "latency (ms)")
    begin = min((level.began for level in levels), default=0.0)
    for level, colour in _coloured(levels):
        axes.scatter(
            [end - begin for end in level.ends],
            [latency * 1000 for latency in level.latencies],
            s=6,
            alpha=0.5,
            linewidths=0,
            color=colour,
            label=_name(level),
            rasterized=True,  # thousands of points would make a large SVG
        )
    if levels:
        axes.set_ylim(bottom=0)


def _edges(latencies: list[float]) -> list[float]:
    """Of the bins, from the lowest to the highest latency."""
    low, high = max(min(latencies, default=1), 0.001), max(latencies, default=2)
    step = (high / low * 1.01) ** (1 / BINS)
    return [low * step**number for number in range(BINS + 1)]


def _distribution(axes: Axes, levels: list[Level], edges: list[float]) -> None:
    """Logarithmic, since a few answers can take a hundred times as long as most."""
    ticker: Any = importlib.import_module("matplotlib.ticker")
    _plain(axes, "latency (ms)", "answers")
    if not levels:
        return
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(ticker.LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    for level, colour in _coloured(levels):
        axes.hist(
            [latency * 1000 for latency in level.latencies],
            edges,
            histtype="stepfilled",
            alpha=0.35,
            color=colour,
            label=_name(level),
        )
        median = sorted(level.latencies)[len(level.latencies) // 2] * 1000
        axes.axvline(median, color=colour, linewidth=1.2)
    legend = axes.legend(fontsize=8, frameon=False, title="line: median", title_fontsize=8)
    for text in (*legend.get_texts(), legend.get_title()):
        text.set_color(INK)


def _plain(axes: Axes, x: str, y: str) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("bottom", "left"):
        axes.spines[side].set_color(INK)
    axes.grid(axis="y", color=FAINT)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=8)
    axes.set_xlabel(x, fontsize=8, color=INK)
    axes.set_ylabel(y, fontsize=8, color=INK)


def _coloured(levels: list[Level]) -> list[tuple[Level, str]]:
    return [(level, COLOURS[number % len(COLOURS)]) for number, level in enumerate(levels)]


def _name(level: Level) -> str:
    return f"{level.concurrency} client{'s' * (level.concurrency > 1)}"
