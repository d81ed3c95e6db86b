# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOM files that ship inside pydicom's wheel; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path

from pydicom import data


def dicom_path(name: str = "CT_small.dcm") -> Path:
    path = data.get_testdata_file(name, download=False)
    assert path is not None, f"pydicom does not ship {name}"
    return Path(str(path))


def dicom_bytes(name: str = "CT_small.dcm") -> bytes:
    return dicom_path(name).read_bytes()
