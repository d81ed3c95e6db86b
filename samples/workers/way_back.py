# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a worker reaches Orthanc: by ``rest``, by the module ``orthanc``, and by hand.

Try: curl http://localhost:8042/who/rest
     curl http://localhost:8042/who/orthanc
     curl http://localhost:8042/who/hand
"""

import json
from typing import Any, Unpack

import orthanc
import requests

from orthanc_runtime import RestRequest, offload, rest


def by_rest() -> Any:
    """Address, token and certificate are set; the rest is that of requests."""
    return rest.get("/system").json()


def by_orthanc() -> Any:
    """As in Orthanc's own interpreter; needs no HTTP server."""
    return json.loads(orthanc.RestApiGet("/system"))


def by_hand() -> Any:
    """For clients that are not based on requests: where Orthanc listens, and what it asks for."""
    port = json.loads(orthanc.GetConfiguration()).get("HttpPort", 8042)
    headers = {"Authorization": orthanc.GenerateRestApiAuthorizationToken()}
    answer = requests.get(f"http://127.0.0.1:{port}/system", headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


WAYS = {"rest": by_rest, "orthanc": by_orthanc, "hand": by_hand}


@offload(timeout=20)
def OnWho(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    (way,) = request["groups"]
    output.AnswerBuffer(json.dumps(WAYS[way](), indent=2), "application/json")


orthanc.RegisterRestCallback("/who/(rest|orthanc|hand)", OnWho)
