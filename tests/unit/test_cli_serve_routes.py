# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``orthanc-runtime serve`` says of the routes; tests of the documents see it say so."""

from __future__ import annotations

from typing import Any

import pytest

from orthanc_runtime.cli.serve_routes import SHOWN, lines

pytestmark = pytest.mark.unit

URL = "http://localhost:8042"


def test_who_runs_what() -> None:
    routes: list[dict[str, Any]] = [
        {"Pattern": "/a/(.*)", "Pool": "default"},
        {"Pattern": "/b", "Pool": None},
        {"Pattern": "/c", "Pool": "gpu"},
    ]
    assert lines(URL, routes) == [
        "orthanc-runtime: ready; http://localhost:8042/python-runtime/app/ shows the workers",
        "  /a/(.*)  workers",
        "  /b       Orthanc",
        "  /c       workers of the pool gpu",
    ]


def test_no_route_and_many() -> None:
    assert len(lines(URL, [])) == 1
    many = lines(URL, [{"Pattern": f"/{number}", "Pool": None} for number in range(SHOWN + 7)])
    assert (len(many), many[-1]) == (SHOWN + 2, "  and 7 more")
