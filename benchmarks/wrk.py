# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load by wrk (Debian package ``wrk``): a client in C takes little of the cores it shares."""

from __future__ import annotations

import re
import shutil
import subprocess

from benchmarks.cpu_time import cpu_seconds
from benchmarks.http_client import BadAnswerError
from benchmarks.question import Figures
from orthanc_runtime.cli.command_error import CommandError

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


class WrkLoad:
    """``clients`` keep-alive connections of one thread, for ``seconds`` (whole ones)."""

    def __init__(self, url: str, clients: int, seconds: int, server: int) -> None:
        """``server`` is the process whose time is measured, with all its descendants."""
        self._url = url
        self._server = server
        program = shutil.which("wrk")
        if program is None:
            raise CommandError("there is no wrk: apt-get install wrk")
        self._command = [program, "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", url]
        self._deadline = 30.0 + seconds

    def __call__(self) -> Figures:
        before = cpu_seconds(self._server)
        done = subprocess.run(
            self._command, capture_output=True, text=True, timeout=self._deadline, check=True
        )
        used = cpu_seconds(self._server) - before
        figures = parse_wrk(done.stdout, self._url)
        return figures | {"cpu": used / figures["answers"]}


def parse_wrk(report: str, url: str) -> dict[str, float]:
    """The figures of wrk's report; every answer must be 2xx or 3xx, and none may be missing."""
    for wrong in ("Non-2xx", "Socket errors"):
        if wrong in report:
            raise BadAnswerError(f"{url}: {report}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    answers = re.search(r"(\d+) requests in ", report)
    if rate is None or answers is None or int(answers[1]) == 0:
        raise BadAnswerError(f"{url}: {report}")
    figures = {"throughput": float(rate[1]), "answers": float(answers[1])}
    for name, percent in (("p50", "50%"), ("p99", "99%")):
        latency = re.search(rf"{percent}\s+([\d.]+)(us|ms|s|m)\b", report)
        if latency is not None:
            figures[name] = float(latency[1]) * _UNITS[latency[2]]
    return figures
