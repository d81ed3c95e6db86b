# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks several Orthancs at once for the studies of a patient: one worker, many open requests.

    "FanOut": { "Servers": { "north": "http://north:8042", "south": "http://south:8042" } }

Try: curl 'http://localhost:8042/everywhere?patient=12345'
"""

import asyncio
import json
from typing import Any, Unpack

import httpx
import orthanc

from orthanc_runtime import RestRequest, offload

SERVERS: dict[str, str] = json.loads(orthanc.GetConfiguration())["FanOut"]["Servers"]
SECONDS = 10


async def studies_of(client: httpx.AsyncClient, url: str, patient: str) -> dict[str, Any]:
    query = {"Level": "Study", "Query": {"PatientID": patient}, "Expand": True}
    try:
        answer = await client.post(f"{url}/tools/find", json=query)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        # One server that is down must not hide what the others have.
        return {"Error": f"{type(error).__name__}: {error}"}
    return {"Studies": [study["MainDicomTags"] for study in answer.json()]}


@offload(timeout=30)
async def OnEverywhere(
    output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]
) -> None:
    patient = request["get"].get("patient", "") if request["method"] == "GET" else ""
    if not patient:
        output.SendHttpStatus(400, "Which patient? GET /everywhere?patient=12345\n")
        return
    async with httpx.AsyncClient(timeout=SECONDS) as client:
        asked = [studies_of(client, url, patient) for url in SERVERS.values()]
        answers = await asyncio.gather(*asked)
    found = dict(zip(SERVERS, answers, strict=True))
    output.AnswerBuffer(json.dumps(found, indent=2), "application/json")


orthanc.RegisterRestCallback("/everywhere", OnEverywhere)
