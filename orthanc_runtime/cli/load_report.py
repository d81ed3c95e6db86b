# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of a load test as tables, and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from orthanc_runtime.cli.http_load import Level


@dataclass(frozen=True)
class Row:
    """One level with what follows from it."""

    level: Level
    throughput: float  # successful answers per second
    p50: float | None  # seconds
    p99: float | None
    speedup: float | None  # against the lowest concurrency of the same URL
    against_first: float | None  # against the first URL at the same concurrency


def make_rows(levels: list[Level]) -> list[Row]:
    """Levels in the order they ran; only successful answers count as throughput."""
    lowest: dict[str, float] = {}
    for level in sorted(levels, key=lambda level: level.concurrency):
        lowest.setdefault(level.url, _throughput(level))
    first_url = {
        level.concurrency: _throughput(level) for level in levels if level.url == levels[0].url
    }
    return [
        Row(
            level,
            _throughput(level),
            percentile(level.latencies, 0.5),
            percentile(level.latencies, 0.99),
            _ratio(_throughput(level), lowest[level.url]),
            _ratio(_throughput(level), first_url.get(level.concurrency, 0.0)),
        )
        for level in levels
    ]


def percentile(values: list[float], fraction: float) -> float | None:
    """The nearest rank; None without values."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(fraction * len(values)) - 1, 0)]


def print_tables(rows: list[Row], console: Console) -> None:
    """A table per URL, which fits a terminal of 80 columns however long the URLs are."""
    lowest = min(row.level.concurrency for row in rows)
    several_levels = len({row.level.concurrency for row in rows}) > 1
    urls = list(dict.fromkeys(row.level.url for row in rows))
    for url in urls:
        table = Table(box=None, pad_edge=False, padding=(0, 1))
        names = ["clients", "answers/s", "p50 ms", "p99 ms"]
        names += ["speed-up" if lowest == 1 else f"against {lowest}"] * several_levels
        names += ["vs 1st URL"] * (len(urls) > 1)
        for name in names:
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("statuses and errors", overflow="fold")
        for row in rows:
            if row.level.url == url:
                cells = [
                    str(row.level.concurrency),
                    _number(row.throughput),
                    _number(row.p50, 1000),
                    _number(row.p99, 1000),
                ]
                cells += [_times(row.speedup)] * several_levels
                cells += [_times(row.against_first)] * (len(urls) > 1)
                table.add_row(*cells, _outcome(row.level))
        console.print(f"\n{url}", markup=False, highlight=False, soft_wrap=True)
        console.print(table)
    console.print()


def to_json(rows: list[Row]) -> str:
    """The same figures for a program; ``null`` where there is none."""
    return json.dumps({"levels": [_as_dict(row) for row in rows]}, indent=2) + "\n"


def _as_dict(row: Row) -> dict[str, Any]:
    level = row.level
    return {
        "url": level.url,
        "concurrency": level.concurrency,
        "complete": level.complete,
        "seconds": level.seconds,
        "throughput": row.throughput,
        "p50_ms": None if row.p50 is None else row.p50 * 1000,
        "p99_ms": None if row.p99 is None else row.p99 * 1000,
        "speedup": row.speedup,
        "against_first_url": row.against_first,
        "statuses": {str(status): count for status, count in sorted(level.statuses.items())},
        "errors": dict(level.errors),
    }


def _throughput(level: Level) -> float:
    return len(level.latencies) / level.seconds if level.seconds else 0.0


def _ratio(value: float, base: float) -> float | None:
    return value / base if base else None


def _number(value: float | None, factor: float = 1.0) -> str:
    """Three significant digits, never an exponent."""
    if value is None:
        return "-"
    value *= factor
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} x"


def _outcome(level: Level) -> str:
    parts = [f"{count} x {status}" for status, count in sorted(level.statuses.items())]
    parts += [f"{count} x {error}" for error, count in level.errors.most_common()]
    if not level.complete:
        parts.append("stopped early")
    return ", ".join(parts)
