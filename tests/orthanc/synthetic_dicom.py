# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small DICOM files that are made for the occasion, all of one patient."""

from __future__ import annotations

import io

import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

ROOT = "1.2.826.0.1.3680043.8.498.7"


def synthetic_dicom(number: int, rows: int = 0) -> bytes:
    """A file of some hundred bytes; with ``rows``, one with an image of so many bytes squared."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = UID(f"{ROOT}.1.{number}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    file = io.BytesIO()
    dataset = FileDataset(file, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    dataset.StudyInstanceUID = f"{ROOT}.2"
    dataset.SeriesInstanceUID = f"{ROOT}.3"
    dataset.PatientID = "synthetic"
    dataset.PatientName = "Synthetic"
    dataset.Modality = "OT"
    dataset.InstanceNumber = number
    if rows:
        dataset.Rows = dataset.Columns = rows
        dataset.SamplesPerPixel = 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.HighBit = 7
        dataset.PixelRepresentation = 0
        dataset.PixelData = bytes(range(256)) * (rows * rows // 256)
    pydicom.dcmwrite(file, dataset)
    return file.getvalue()
