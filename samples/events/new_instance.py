# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What arrived, and from where: the last instances with some tags and their origin.

Try: storescu localhost 4242 image.dcm
     curl http://localhost:8042/last-instances
"""

import json
from collections import deque
from typing import Unpack

import orthanc

from orthanc_runtime import RestRequest

KEPT = 100
TAGS = ("PatientID", "Modality", "SOPInstanceUID")
last: deque[dict[str, object]] = deque(maxlen=KEPT)


def OnStoredInstance(dicom: orthanc.DicomInstance, instance: str) -> None:
    tags = json.loads(dicom.GetInstanceSimplifiedJson())
    last.appendleft(
        {
            "ID": instance,
            "Origin": dicom.GetInstanceOrigin().name,
            "RemoteAet": dicom.GetInstanceRemoteAet(),
            "Bytes": dicom.GetInstanceSize(),
            **{tag: tags.get(tag, "") for tag in TAGS},
        }
    )


def OnLastInstances(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    output.AnswerBuffer(json.dumps(list(last), indent=2), "application/json")


orthanc.RegisterOnStoredInstanceCallback(OnStoredInstance)
orthanc.RegisterRestCallback("/last-instances", OnLastInstances)
