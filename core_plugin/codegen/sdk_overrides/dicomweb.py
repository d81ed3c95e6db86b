# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOMweb encodings."""

from __future__ import annotations

from codegen.overrides import Overrides, hand

_CALLBACK = (
    "callback: Callable[[tuple[tuple[int, int, int], ...], tuple[int, int], ValueRepresentation], "
    "DicomWebBinaryMode | str | bool | None] | None = None"
)
_BINARY_TAGS = """\
Binary tags (of the value representations OB, OD, OF, OL, OW and UN) are left out, unless callback \
says otherwise. It is called as callback(parents, tag, vr) for each of them, with the sequences \
around it, the outermost first, as tuples (group, element, index of the item), and the tag as \
(group, element). It returns None to leave the tag out; True to write its value, in Base64; a str, \
the URI from which its value can be read; or a member of DicomWebBinaryMode. What it raises is \
raised here. Raises OrthancException for what is no DICOM file."""


def _text(what: str) -> str:
    return f"{what}\n\n{_BINARY_TAGS}"


_FILE = f"(dicom: str | Buffer, {_CALLBACK}) -> str"
_INSTANCE = f"(self, {_CALLBACK}) -> str"
_JSON = _text("Encode a DICOM file as DICOMweb JSON, an object.")
_XML = _text("Encode a DICOM file as DICOMweb XML.")

DICOMWEB = Overrides(
    functions={
        "EncodeDicomWebJson": hand(_FILE, text=_JSON),
        "EncodeDicomWebJson2": hand(_FILE, text=_JSON),
        "EncodeDicomWebXml": hand(_FILE, text=_XML),
        "EncodeDicomWebXml2": hand(_FILE, text=_XML),
        "GetInstanceDicomWebJson": hand(
            _INSTANCE,
            owner="DicomInstance",
            text=_text("Encode the instance as DICOMweb JSON, an object."),
        ),
        "GetInstanceDicomWebXml": hand(
            _INSTANCE, owner="DicomInstance", text=_text("Encode the instance as DICOMweb XML.")
        ),
    },
)
