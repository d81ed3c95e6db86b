# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command: which questions, how many rounds, where the results go."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from benchmarks.contestants import REFERENCE_PACKAGE, Contestants, reference_installed
from benchmarks.http_client import BadAnswerError
from benchmarks.machine import machine_facts, server_facts
from benchmarks.orthanc_server import ServerError
from benchmarks.questions import QUESTIONS
from benchmarks.record import to_json
from benchmarks.report import print_header, print_result
from benchmarks.rounds import Result, run_rounds
from orthanc_runtime.cli.command_error import CommandError

_ROUNDS = 5
_PLAIN_WIDTH = 110  # where the output is no terminal
_INSTALL = Path(__file__).resolve().parent.parent / "scripts" / "install_debian.sh"


def main() -> int:
    options = _options()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _run(options)
    except (BadAnswerError, CommandError, ServerError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        # make ONLY=... puts it there.
        default=os.environ.get("ONLY", ""),
        metavar="NAME",
        help=f"some of {', '.join(QUESTIONS)}, with commas between; ONLY in the environment, too",
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=int(os.environ.get("ROUNDS") or _ROUNDS),
        metavar="N",
        help=f"default {_ROUNDS}; ROUNDS in the environment, too",
    )
    parser.add_argument(
        "--json",
        type=Path,
        default=os.environ.get("JSON") or None,
        metavar="F",
        help="write every round here, too; JSON in the environment, too",
    )
    parser.add_argument(
        "--install-reference",
        action="store_true",
        help=f"install {REFERENCE_PACKAGE} from Debian first",
    )
    options = parser.parse_args()
    options.only = [name for name in options.only.replace(",", " ").split() if name]
    unknown = [name for name in options.only if name not in QUESTIONS]
    if unknown:
        parser.error(f"no question {', '.join(unknown)}; there are {', '.join(QUESTIONS)}")
    if options.rounds < 1:
        parser.error("--rounds takes a number from 1")
    return options


def _run(options: argparse.Namespace) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_PLAIN_WIDTH)
    if options.install_reference:
        subprocess.run(["sh", str(_INSTALL), REFERENCE_PACKAGE], cwd=_INSTALL.parents[1])
    if not reference_installed():
        console.print(
            "The reference plugin is not installed, so there is nothing to compare with: "
            f"apt-get install {REFERENCE_PACKAGE}, or --install-reference",
            highlight=False,
        )
    facts = machine_facts() | server_facts()
    print_header(facts, console)
    results: list[Result] = []
    begin = time.monotonic()
    try:
        for name in options.only or QUESTIONS:
            results.append(_answer(name, options.rounds, console))
            print_result(results[-1], console)
    finally:  # what was measured is kept, also after Ctrl-C
        if options.json is not None:
            options.json.write_text(to_json(facts, results), encoding="utf-8")
    _print_end(results, time.monotonic() - begin, console)


def _answer(name: str, rounds: int, console: Console) -> Result:
    with ExitStack() as stack:
        # Below the servers in the stack: stopping them is part of what it tells.
        status = stack.enter_context(console.status(f"{name}: starting Orthanc"))
        question = QUESTIONS[name](Contestants(stack))
        return run_rounds(question, rounds, status.update)


def _print_end(results: list[Result], seconds: float, console: Console) -> None:
    shares = [
        figures["client_load"]
        for result in results
        for rounds in result.rounds.values()
        for figures in rounds
        if "client_load" in figures
    ]
    if shares:
        console.print(
            f"\nThe load client used at most {max(shares):.0%} of one core in a round.",
            highlight=False,
        )
    console.print(f"{seconds:.0f} s in total", highlight=False)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
