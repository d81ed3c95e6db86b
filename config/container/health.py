#!/opt/orthanc-runtime/bin/python -I
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HEALTHCHECK of the image: does Orthanc answer, and can its pools serve?

Argument: the configuration that Orthanc runs with, for its port and a user of it. One line says
what is wrong; the exit code is then 1.
"""

from __future__ import annotations

import base64
import json
import ssl
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

JOINED = "/tmp/orthanc.json"  # noqa: S108
DEADLINE = 5.0  # seconds


def problem(configuration: dict[str, Any]) -> str | None:
    """What is wrong, or None."""
    try:
        with urllib.request.urlopen(
            _request(configuration), timeout=DEADLINE, context=ssl._create_unverified_context()
        ) as answer:
            status = json.load(answer)
    except urllib.error.HTTPError as error:
        # A script that authenticates knows other users than the file: Orthanc answers at least.
        return None if error.code in (401, 403) else f"{error.url} answers {error.code}"
    except (OSError, ValueError) as error:
        return f"Orthanc does not answer: {error}"
    broken = [f"{pool['Name']} ({pool['Broken']})" for pool in status["Pools"] if "Broken" in pool]
    return f"broken pools: {', '.join(broken)}" if broken else None


def _request(configuration: dict[str, Any]) -> urllib.request.Request:
    scheme = "https" if configuration.get("SslEnabled") else "http"
    port = configuration.get("HttpPort", 8042)
    request = urllib.request.Request(f"{scheme}://127.0.0.1:{port}/python-runtime/status")
    for name, password in configuration.get("RegisteredUsers", {}).items():
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
        break
    return request


def main(path: str) -> int:
    found: str | None
    try:
        configuration = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        found = f"Orthanc has no configuration yet: {error}"
    else:
        found = problem(configuration)
    if found:
        print(found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or [JOINED]))
