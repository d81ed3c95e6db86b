# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the place of ``/tools/find``: whoever asks for ``Expand`` gets the metadata, too.

Try: curl http://localhost:8042/tools/find -d '{"Level": "Series", "Query": {}, "Expand": true}'
"""

import json
from typing import Any, Unpack

import orthanc

from orthanc_runtime import RestRequest

PLURALS = {"Patient": "patients", "Study": "studies", "Series": "series", "Instance": "instances"}


def metadata(resource: dict[str, Any]) -> dict[str, str]:
    uri = f"/{PLURALS[resource['Type']]}/{resource['ID']}/metadata"
    names = json.loads(orthanc.RestApiGet(uri))
    return {name: orthanc.RestApiGet(f"{uri}/{name}").decode() for name in names}


def OnFind(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "POST":
        output.SendMethodNotAllowed("POST")
        return
    # RestApiPost reaches Orthanc's own route; RestApiPostAfterPlugins would reach this one.
    found = json.loads(orthanc.RestApiPost("/tools/find", request["body"]))
    for resource in found:
        if isinstance(resource, dict):  # without Expand there are identifiers only
            resource["Metadata"] = metadata(resource)
    output.AnswerBuffer(json.dumps(found, indent=2), "application/json")


orthanc.RegisterRestCallback("/tools/find", OnFind)
