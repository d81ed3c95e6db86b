# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two routes of one's own: groups of the pattern, arguments behind the question mark, a body.

Try: curl 'http://localhost:8042/count/studies?modality=CT'
     curl -X PUT http://localhost:8042/notes/IDENTIFIER-OF-A-STUDY -d 'To be read by Monday'
     curl http://localhost:8042/notes/IDENTIFIER-OF-A-STUDY
"""

import json
from typing import Unpack

import orthanc

from orthanc_runtime import RestRequest

LEVELS = {"patients": "Patient", "studies": "Study", "series": "Series", "instances": "Instance"}
NOTE = 4501  # metadata from 1024 on belong to users


def OnCount(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (level,) = request["groups"]
    modality = request["get"].get("modality", "")
    query = {"Level": LEVELS[level], "Query": {"ModalitiesInStudy": modality} if modality else {}}
    found = json.loads(orthanc.RestApiPost("/tools/find", json.dumps(query)))
    output.AnswerBuffer(json.dumps({"Level": level, "Count": len(found)}), "application/json")


def OnNote(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    (study,) = request["groups"]
    note = f"/studies/{study}/metadata/{NOTE}"
    if request["method"] == "GET":
        # An OrthancException that nobody catches keeps its status: 404 where there is no note.
        output.AnswerBuffer(orthanc.RestApiGet(note), "text/plain; charset=utf-8")
    elif request["method"] == "PUT":
        orthanc.RestApiPut(note, request["body"])
        output.AnswerBuffer("", "text/plain")
    else:
        output.SendMethodNotAllowed("GET,PUT")


orthanc.RegisterRestCallback("/count/(patients|studies|series|instances)", OnCount)
orthanc.RegisterRestCallback("/notes/([0-9a-f-]+)", OnNote)
