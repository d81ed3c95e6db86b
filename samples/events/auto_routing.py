# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends each study on, once no instance of it has come for ``StableAge`` seconds.

    "AutoRouting": { "Modality": "archive", "DicomWebServer": "cloud" }

``archive`` is one of ``DicomModalities``; ``cloud`` is a server of the DICOMweb plugin. Either
may be left out.

Try: storescu localhost 4242 image.dcm, wait, and look at http://localhost:8042/jobs?expand
"""

import json

import orthanc

TARGETS = json.loads(orthanc.GetConfiguration()).get("AutoRouting", {})


def send(study: str) -> None:
    if "Modality" in TARGETS:
        # As a job, so that this callback returns at once, and the job can be resubmitted.
        job = {"Resources": [study], "Synchronous": False}
        orthanc.RestApiPost(f"/modalities/{TARGETS['Modality']}/store", json.dumps(job))
    if "DicomWebServer" in TARGETS:
        # The route belongs to a plugin: only the functions named AfterPlugins reach it.
        uri = f"/dicom-web/servers/{TARGETS['DicomWebServer']}/stow"
        job = {"Resources": [study], "Synchronous": False}
        orthanc.RestApiPostAfterPlugins(uri, json.dumps(job))


def OnChange(change: orthanc.ChangeType, level: orthanc.ResourceType, resource: str) -> None:
    if change == orthanc.ChangeType.STABLE_STUDY:
        try:
            send(resource)
        except orthanc.OrthancException as error:
            orthanc.LogError(f"Study {resource} is not sent on: {error.args[1]}")


orthanc.RegisterOnChangeCallback(OnChange)
