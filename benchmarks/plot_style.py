# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How pictures look: on white, without frames; the same results make the same file."""

from __future__ import annotations

from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Told apart also by those who do not see red and green as different (Okabe and Ito).
MET, MISSED, OPEN = "#0072b2", "#d55e00", "#8c8c8c"
SERIES = (MET, "#e69f00", "#009e73", "#cc79a7")
INK, FAINT = "#333333", "#e5e5e5"
WIDTH = 8.0  # inches
FONT_SIZE = 8.5


def new_figure(height: float) -> Figure:
    """``height`` in inches."""
    matplotlib.rcParams.update(
        {
            "font.size": FONT_SIZE,
            "svg.fonttype": "none",
            "svg.hashsalt": "benchmarks",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )
    return Figure((WIDTH, height), layout="constrained", facecolor="white")


def head(figure: Figure, title: str) -> None:
    figure.suptitle(title, fontsize="medium", x=0.01, ha="left")


def plain(axes: Axes) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, which="both")
    axes.set_axisbelow(True)


def save(figure: Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
