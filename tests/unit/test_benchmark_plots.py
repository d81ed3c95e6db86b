# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of benchmark results, from a made-up file of results."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
MACHINE = {"cpu": "A processor", "cores": "2, shared", "load average": "0.2 before the run (idle)"}


def ratio(median: float | None, bound: str | None = None, value: float = 1.0) -> dict[str, Any]:
    spread = {} if median is None else {"minimum": median * 0.9, "maximum": median * 1.1}
    target = None if bound is None else {"bound": bound, "value": value}
    return {
        "label": "ours / reference",
        "level": "8 clients",
        "figure": "throughput",
        "median": median,
        **spread,
        "target": target,
    }


def variant(name: str, level: str, *rates: float) -> dict[str, Any]:
    return {"name": name, "level": level, "rounds": [{"throughput": rate} for rate in rates]}


def draw(folder: Path, *questions: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    results = folder / "results.json"
    results.write_text(json.dumps({"machine": MACHINE, "questions": questions}), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.plot", str(results), str(folder / "made")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ratios_are_bars_and_growth_is_curves(tmp_path: Path) -> None:
    ratios = [ratio(4.26, "at least", 3), ratio(0.713, "at least", 0.85), ratio(1.5), ratio(None)]
    growth = [
        variant("by routes, ours", "1 route", 20_000, 21_000),
        variant("by routes, ours", "1,000 routes", 9_000, 9_500),
        variant("by routes, floor", "1 route", 23_000),
        variant("by clients", "8 clients", 20_000),
    ]
    done = draw(
        tmp_path,
        {"name": "noop", "asks": "requests per second", "variants": [], "ratios": ratios},
        {"name": "growth", "asks": "what grows", "variants": growth, "ratios": []},
        {"name": "unmeasured", "asks": "nothing", "variants": [], "ratios": [ratio(None)]},
    )

    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["growth.svg", "noop.svg"]
    bars = (tmp_path / "made" / "noop.svg").read_text(encoding="utf-8")
    for text in ("4.26  (≥ 3)", "0.71  (≥ 0.85)", "1.50<", "target met", "target missed"):
        assert text in bars
    assert bars.count("ours / reference, 8 clients") >= 3
    curves = (tmp_path / "made" / "growth.svg").read_text(encoding="utf-8")
    for text in (">by routes<", ">by clients<", ">floor<", ">1,000<", "requests per second"):
        assert text in curves
    for picture in bars, curves:
        assert "A processor, 2 cores, load average 0.2 before the run" in picture


def test_a_file_without_results_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.plot", str(ROOT / "pyproject.toml"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "pyproject.toml has no results" in done.stderr
