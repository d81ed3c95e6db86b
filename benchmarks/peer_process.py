# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that measures when told to, by lines of its standard input and output."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.parent_death import die_with

DEADLINE = 120.0
STOP_DEADLINE = 5.0


class PeerProcess:
    """A running one."""

    def __init__(self, process: subprocess.Popen[str], name: str) -> None:
        self._process = process
        self._name = name

    def ask(self, line: str) -> str:
        """Its answer. Raises CommandError where none comes."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self.read()

    def read(self) -> str:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], DEADLINE)
        answer = self._process.stdout.readline() if ready else ""
        if not answer:
            raise CommandError(f"{self._name} does not answer")
        return answer.strip()


@contextmanager
def peer_process(program: Path, *arguments: str) -> Iterator[PeerProcess]:
    """Started and ready; ended afterwards with all its processes."""
    parent = os.getpid()
    with subprocess.Popen(
        [sys.executable, str(program), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # some complain when they are ended
        text=True,
        process_group=0,
        preexec_fn=lambda: die_with(parent),
    ) as process:
        try:
            peer = PeerProcess(process, " ".join((program.stem, *arguments)))
            peer.read()
            yield peer
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_DEADLINE)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
