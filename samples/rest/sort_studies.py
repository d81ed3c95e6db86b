# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Studies sorted by a tag, one page at a time.

Try: curl 'http://localhost:8042/sorted-studies?by=StudyDate&order=descending&limit=10&offset=20'
"""

import json
from typing import Any, Unpack

import orthanc

from orthanc_runtime import RestRequest

MOST = 1000
TAGS = ("StudyDate", "PatientName", "PatientID", "StudyDescription", "AccessionNumber")


def number(text: str, most: int) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) > most:
        raise ValueError(f"{text!r} is no number from 0 to {most}")
    return int(text)


def tag_of(study: dict[str, Any], tag: str) -> str:
    for tags in (study["MainDicomTags"], study["PatientMainDicomTags"]):
        if tag in tags:
            return str(tags[tag])
    return ""


def OnSortedStudies(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    get = request["get"]
    by, order = get.get("by", "StudyDate"), get.get("order", "ascending")
    try:
        limit, offset = number(get.get("limit", "20"), MOST), number(get.get("offset", "0"), 10**9)
        if by not in TAGS or order not in ("ascending", "descending"):
            raise ValueError(f"by is one of {', '.join(TAGS)}; order is ascending or descending")
    except ValueError as error:
        output.SendHttpStatus(400, f"{error}\n")
        return
    studies = json.loads(orthanc.RestApiGet("/studies?expand"))
    # The identifier comes last: pages must not change between two requests.
    studies.sort(key=lambda study: (tag_of(study, by), study["ID"]), reverse=order == "descending")
    page = {"Total": len(studies), "Offset": offset, "Studies": studies[offset : offset + limit]}
    output.AnswerBuffer(json.dumps(page, indent=2), "application/json")


orthanc.RegisterRestCallback("/sorted-studies", OnSortedStudies)
