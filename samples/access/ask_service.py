# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service elsewhere decides who may do what. Where it does not answer, nobody may.

    "AccessService": { "Url": "https://access.example.org/decide", "Seconds": 2 }

The service gets ``{"method", "uri", "ip", "authorization"}`` by POST and answers 200 for yes.
Its decisions are kept for ten seconds, so that a viewer that loads a series asks once.

Try: curl -H 'Authorization: Bearer TOKEN' http://localhost:8042/studies
"""

import json
import threading
import time
from typing import Unpack

import orthanc
import requests

from orthanc_runtime import FilteredRequest

SETTINGS = json.loads(orthanc.GetConfiguration())["AccessService"]
KEPT_SECONDS = 10.0
MOST_KEPT = 10_000

session = requests.Session()
lock = threading.Lock()
decisions: dict[tuple[str, ...], tuple[float, bool]] = {}


def ask(question: dict[str, str]) -> bool:
    try:
        answer = session.post(SETTINGS["Url"], json=question, timeout=SETTINGS.get("Seconds", 2))
    except requests.RequestException as error:
        orthanc.LogError(f"The access service does not answer: {error}")
        return False
    return answer.status_code == 200


def OnRequest(uri: str, **request: Unpack[FilteredRequest]) -> bool:
    authorization = request["headers"].get("authorization", "")
    key = (request["method"].name, uri, request["ip"], authorization)
    now = time.monotonic()
    with lock:
        kept = decisions.get(key)
    if kept is not None and now - kept[0] < KEPT_SECONDS:
        return kept[1]
    # Filters run in Orthanc's own interpreter; others may run while this one waits.
    names = ("method", "uri", "ip", "authorization")
    allowed = ask(dict(zip(names, key, strict=True)))
    with lock:
        if len(decisions) >= MOST_KEPT:
            decisions.clear()
        decisions[key] = (now, allowed)
    return allowed


orthanc.RegisterIncomingHttpRequestFilter(OnRequest)
