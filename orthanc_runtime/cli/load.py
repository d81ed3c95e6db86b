# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime load``: how many requests a route answers, at which concurrency."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.http_load import Level, run_level
from orthanc_runtime.cli.http_target import Target, check_reachable, make_target, read_body
from orthanc_runtime.cli.load_plot import check_plotting, plot
from orthanc_runtime.cli.load_progress import progress_of
from orthanc_runtime.cli.load_report import make_rows, print_tables, to_json

MAXIMUM_CONCURRENCY = 1024
_PLAIN_WIDTH = 120  # where the output is no terminal


def load(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="What to ask.")],
    concurrency: Annotated[
        str, typer.Option(help="Numbers of clients that ask at the same time, one level each.")
    ] = "1,2,3,8",
    requests: Annotated[int, typer.Option(min=1, help="Requests per level and URL.")] = 100,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="F", help="Write the figures here, too.")
    ] = None,
    plot_file: Annotated[
        Path | None,
        typer.Option("--plot", metavar="F", help="Draw the latencies here: .png, .svg or .pdf."),
    ] = None,
    body: Annotated[
        Path | None, typer.Option(metavar="FILE", help="POST this, in place of a GET.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(metavar="K:V", help="A header to send; repeatable.")
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, help="Seconds after which a request is given up.")
    ] = 120.0,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Accept any certificate of an https:// URL.")
    ] = False,
) -> None:
    """Measure throughput and latency of one or more URLs.

    Each client keeps its connection and asks again as soon as it has its answer. Only answers below
    400 count as throughput. Ctrl-C ends the test and shows what was measured.
    """
    steps = parse_concurrency(concurrency)
    headers = [parse_header(text) for text in header or []]
    data = None if body is None else read_body(body)
    targets = [make_target(url, headers, insecure, data) for url in urls]
    if plot_file is not None:
        check_plotting(plot_file)
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PLAIN_WIDTH)
    levels: list[Level] = []
    stopped = uvloop.run(_run(targets, steps, requests, timeout, levels))
    measured = [level for level in levels if level.statuses or level.errors]
    if measured:
        rows = make_rows(measured)
        print_tables(rows, console)
        if json_file is not None:
            _write(json_file, to_json(rows))
        if plot_file is not None:
            plot(measured, plot_file)
    if stopped:
        raise typer.Exit(130)
    if not all(level.latencies for level in measured) or any(level.errors for level in measured):
        raise typer.Exit(1)


def parse_concurrency(text: str) -> list[int]:
    """``1,2,8`` as numbers, in the given order."""
    try:
        steps = [int(part) for part in text.split(",")]
    except ValueError:
        steps = []
    if not steps or not all(1 <= step <= MAXIMUM_CONCURRENCY for step in steps):
        raise typer.BadParameter(
            f"--concurrency takes numbers from 1 to {MAXIMUM_CONCURRENCY} with commas between, "
            f"as in 1,2,8; not {text!r}"
        )
    return list(dict.fromkeys(steps))


def parse_header(text: str) -> tuple[str, str]:
    """``Name: value`` as a pair."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name.isascii() or not name or set(name + value) & set("\r\n"):
        raise typer.BadParameter(f"--header takes Name:value, not {text!r}")
    return name, value


async def _run(
    targets: list[Target], steps: list[int], requests: int, timeout: float, levels: list[Level]
) -> bool:
    """Run every level of every URL in turn; True when a signal ended it early."""
    loop = asyncio.get_running_loop()
    work = loop.create_task(_run_levels(targets, steps, requests, timeout, levels))
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        return True
    return False


async def _run_levels(
    targets: list[Target], steps: list[int], requests: int, timeout: float, levels: list[Level]
) -> None:
    for target in targets:
        await check_reachable(target)
    for target in targets:
        for step in steps:
            level = Level(target.url, step)
            levels.append(level)
            async with progress_of(level, requests):
                await run_level(target, level, requests, timeout)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from None
