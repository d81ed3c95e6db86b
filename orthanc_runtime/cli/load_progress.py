# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a load test is doing, while it does it, on a terminal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from orthanc_runtime.cli.http_load import Level

PERIOD = 0.2  # seconds; often enough to be read, too rarely to be measured


@contextlib.asynccontextmanager
async def progress_of(level: Level, requests: int) -> AsyncIterator[None]:
    """A line that goes away; nothing where standard error is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, auto_refresh=False
    ) as progress:
        name = f"{level.concurrency} at once  {level.url}"
        task = progress.add_task(name, total=requests)

        async def follow() -> None:
            while True:
                answered = level.statuses.total() + level.errors.total()
                progress.update(task, completed=answered, refresh=True)
                await asyncio.sleep(PERIOD)

        following = asyncio.create_task(follow())
        try:
            yield
        finally:
            following.cancel()
