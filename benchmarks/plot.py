# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m benchmarks.plot results.json FOLDER``: a picture of each question, for pages.

The results are those of ``--json``. Bars are ratios, with their range over the rounds; the question
``growth`` becomes curves. Needs matplotlib (extra ``plot``).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

CURVES = "growth"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.plot", description=__doc__)
    parser.add_argument("results", type=Path, help="what --json has written")
    parser.add_argument("folder", type=Path, help="gets NAME.svg for each question")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("matplotlib") is None:
        parser.error(f"there is no matplotlib: {sys.executable} -m pip install matplotlib")
    try:
        document = json.loads(options.results.read_text(encoding="utf-8"))
        questions: list[dict[str, Any]] = document["questions"]
        machine = _machine(document["machine"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        parser.error(f"{options.results} has no results: {error!r}")
    options.folder.mkdir(parents=True, exist_ok=True)
    for path in plot(questions, machine, options.folder):
        print(path)
    return 0


def plot(questions: list[dict[str, Any]], machine: str, folder: Path) -> list[Path]:
    """The files that were written; a question without a measured ratio has none."""
    # Here, as --help and the errors need no matplotlib.
    from benchmarks.plot_bars import bars
    from benchmarks.plot_curves import curves
    from benchmarks.plot_style import save

    paths = []
    for question in questions:
        figure = (curves if question["name"] == CURVES else bars)(question, machine)
        if figure is not None:
            paths.append(folder / f"{question['name']}.svg")
            save(figure, paths[-1])
    return paths


def _machine(facts: dict[str, str]) -> str:
    cores, _, _ = facts["cores"].partition(",")
    load, _, _ = facts["load average"].partition(" (")
    return f"{facts['cpu']}, {cores} cores, load average {load}"


if __name__ == "__main__":
    sys.exit(main())
