# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes from each incoming instance what names the patient, in the workers.

Only names, dates and identifiers of the table below: a real de-identification follows the profiles
of DICOM PS3.15 Annex E, pixels and private elements included.

    "Deidentification": { "Secret": "a long random text" }

Try: curl http://localhost:8042/instances --data-binary @image.dcm, then look at its tags
"""

import hashlib
import hmac
import io
import json

import orthanc
import pydicom

from orthanc_runtime import offload

SECRET = json.loads(orthanc.GetConfiguration())["Deidentification"]["Secret"].encode()
EMPTIED = (
    "PatientName",
    "PatientBirthDate",
    "PatientAddress",
    "PatientTelephoneNumbers",
    "OtherPatientIDs",
    "ReferringPhysicianName",
    "InstitutionName",
    "OperatorsName",
)
REPLACED = ("PatientID", "AccessionNumber")


def pseudonym(value: str) -> str:
    """The same for the same value, so that studies of a patient stay together."""
    return hmac.new(SECRET, value.encode(), hashlib.sha256).hexdigest()[:16]


@offload(timeout=60)
def deidentify(dicom: bytes) -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(dicom))
    for keyword in EMPTIED:
        if keyword in dataset:
            setattr(dataset, keyword, "")
    for keyword in REPLACED:
        if dataset.get(keyword):
            setattr(dataset, keyword, pseudonym(str(dataset.get(keyword))))
    dataset.remove_private_tags()
    dataset.PatientIdentityRemoved = "YES"
    file = io.BytesIO()
    dataset.save_as(file)
    return file.getvalue()


def OnReceived(
    dicom: bytes, origin: orthanc.InstanceOrigin
) -> tuple[orthanc.ReceivedInstanceAction, bytes | None]:
    try:
        return orthanc.ReceivedInstanceAction.MODIFY, deidentify(dicom)
    except Exception as error:  # noqa: BLE001 - whatever it is, no name may get in
        orthanc.LogError(f"An instance is discarded, as it cannot be de-identified: {error}")
        return orthanc.ReceivedInstanceAction.DISCARD, None


orthanc.RegisterReceivedInstanceCallback(OnReceived)
