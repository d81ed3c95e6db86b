# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a request of a worker to Orthanc costs on each way."""

from __future__ import annotations

import json
from collections.abc import Callable

from benchmarks.contestants import SCRIPTS, Contestants
from benchmarks.one_core import LEVEL, on_one_core
from benchmarks.orthanc_server import Server
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_least, at_most

CALLS = 300


def prepare(contestants: Contestants) -> Question:
    server = contestants.ours(SCRIPTS / "calls_back.py", {"RestTransport": "Http"}, "/about")
    rest, bare, channel, client = (
        Variant(name, "", _asked(server, way))
        for name, way in (
            ("rest.get, RestTransport Http", "by_rest"),
            ("requests.Session", "by_requests"),
            ("orthanc.RestApiGet", "by_channel"),
            ("http.client, keep-alive", "by_http_client"),
        )
    )
    channel_alone, client_alone = (
        Variant(each.name, LEVEL, on_one_core(server, each.run)) for each in (channel, client)
    )
    label = "http.client / orthanc.RestApiGet"
    return Question(
        "way_back",
        "GET /system by a worker",
        [Column("seconds", "us per request", 1e6)],
        [rest, bare, channel, client, channel_alone, client_alone],
        [
            Ratio("rest.get / requests.Session", "seconds", rest, bare, at_most(1.05)),
            Ratio(label, "seconds", client_alone, channel_alone, at_least(3)),
            Ratio(label, "seconds", client, channel, at_least(3)),
        ],
    )


def _asked(server: Server, way: str) -> Callable[[], Figures]:
    path = f"/ask?way={way}&port={server.port}&calls={CALLS}"
    return lambda: {"seconds": float(json.loads(server.get(path))["seconds"])}
