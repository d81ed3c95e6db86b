# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOMweb encodings."""

from __future__ import annotations

from codegen.overrides import Overrides, later

DICOMWEB = Overrides(
    functions=dict.fromkeys(
        (
            "EncodeDicomWebJson",
            "EncodeDicomWebJson2",
            "EncodeDicomWebXml",
            "EncodeDicomWebXml2",
            "GetInstanceDicomWebJson",
            "GetInstanceDicomWebXml",
        ),
        later("needs the callback that writes binary tags"),
    ),
)
