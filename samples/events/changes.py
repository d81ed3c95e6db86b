# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listens to changes: uploads the files of a folder at the start, and logs each new instance.

    "UploadAtStart": "/var/lib/dicom-to-import"

Try: put DICOM files into that folder, start Orthanc, and read its log.
"""

import json
from pathlib import Path

import orthanc

FOLDER = json.loads(orthanc.GetConfiguration()).get("UploadAtStart")


def upload_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        try:
            orthanc.RestApiPost("/instances", path.read_bytes())
        except orthanc.OrthancException as error:
            orthanc.LogWarning(f"{path} is not imported: {error.args[1]}")


def OnChange(change: orthanc.ChangeType, level: orthanc.ResourceType, resource: str) -> None:
    if change == orthanc.ChangeType.ORTHANC_STARTED and FOLDER is not None:
        upload_all(Path(FOLDER))
    elif change == orthanc.ChangeType.NEW_INSTANCE:
        orthanc.LogWarning(f"A new instance: {resource}")


orthanc.RegisterOnChangeCallback(OnChange)
