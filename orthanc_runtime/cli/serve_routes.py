# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``orthanc-runtime serve`` says once Orthanc answers: the routes, and who runs them."""

from __future__ import annotations

import base64
import json
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

STARTS = 120.0  # seconds, in which Orthanc and its workers start
INTERVAL = 0.1
SHOWN = 40  # routes


@contextmanager
def announced_routes(url: str, users: object) -> Iterator[Callable[[], None]]:
    """Each call has them printed once Orthanc serves; where it does not start, nothing. ``users``
    as in RegisteredUsers."""
    ended = threading.Event()
    known = users if isinstance(users, dict) else {}

    def announce() -> None:
        threading.Thread(target=_announce, args=(url, known, ended), daemon=True).start()

    try:
        yield announce
    finally:
        ended.set()


def lines(url: str, routes: Sequence[Mapping[str, Any]]) -> list[str]:
    """``routes`` as of GET /python-runtime/routes."""
    names = [str(route["Pattern"]) for route in routes[:SHOWN]]
    width = max(map(len, names), default=0)
    pools = [route["Pool"] for route in routes[:SHOWN]]
    shown = [f"  {name:{width}}  {_place(pool)}" for name, pool in zip(names, pools, strict=True)]
    if len(routes) > SHOWN:
        shown.append(f"  and {len(routes) - SHOWN} more")
    page = f"{url}/python-runtime/app/"
    return [f"orthanc-runtime: ready; {page} shows the workers", *shown]


def _place(pool: str | None) -> str:
    if pool is None:
        return "Orthanc"
    return "workers" if pool == "default" else f"workers of the pool {pool}"


def _announce(url: str, users: Mapping[str, str], ended: threading.Event) -> None:
    request = urllib.request.Request(f"{url}/python-runtime/routes")
    for name, password in users.items():
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {pair}")
        break
    routes = _when_answered(request, ended)
    if routes is not None:
        # In one piece, as Orthanc logs to the same terminal.
        print("\n".join(lines(url, routes)), file=sys.stderr, flush=True)


def _when_answered(
    request: urllib.request.Request, ended: threading.Event
) -> list[dict[str, Any]] | None:
    """None where it does not start, or the script lets nobody in."""
    context = ssl._create_unverified_context()  # it is this command's own child
    deadline = time.monotonic() + STARTS
    while time.monotonic() < deadline and not ended.wait(INTERVAL):
        try:
            with urllib.request.urlopen(request, timeout=STARTS, context=context) as answer:
                found: list[dict[str, Any]] = json.load(answer)
                return found
        except urllib.error.HTTPError:
            return None
        except (OSError, ValueError):
            continue  # not yet
    return None
