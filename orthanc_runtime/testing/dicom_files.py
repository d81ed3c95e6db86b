# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small DICOM files made for tests; nobody's data."""

from __future__ import annotations

import io
from typing import Any

import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid


def synthetic_study(
    instances: int = 1, series: int = 1, rows: int = 16, columns: int = 16, **tags: Any
) -> list[bytes]:
    """DICOM files (PS3.10) of one study, ``instances`` in each of ``series``.

    Each has an image of ``rows`` by ``columns`` pixels of 16 bits, a ramp that begins at its
    number. ``tags`` are keywords of the DICOM dictionary (PS3.6), as ``PatientID="42"``.
    """
    study = generate_uid()
    files = []
    for number in range(1, series + 1):
        uid = generate_uid()
        for instance in range(1, instances + 1):
            dataset = _dataset(rows, columns, instance)
            dataset.StudyInstanceUID = study
            dataset.SeriesInstanceUID = uid
            dataset.SeriesNumber = number
            for keyword, value in tags.items():
                setattr(dataset, keyword, value)
            file = io.BytesIO()
            pydicom.dcmwrite(file, dataset)
            files.append(file.getvalue())
    return files


def _dataset(rows: int, columns: int, number: int) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.PatientID = "test"
    dataset.PatientName = "Test^Patient"
    dataset.StudyDate = "20260101"
    dataset.Modality = "OT"
    dataset.InstanceNumber = number
    dataset.Rows, dataset.Columns = rows, columns
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelRepresentation = 0
    ramp = ((number + index) % 65536 for index in range(rows * columns))
    dataset.PixelData = b"".join(value.to_bytes(2, "little") for value in ramp)
    return dataset
