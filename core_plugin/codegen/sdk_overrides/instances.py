# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOM instances on their way into Orthanc, changes, the dictionary."""

from __future__ import annotations

from codegen.overrides import ClassOverride, Overrides, hand

_LOCKED = """\
All filters run, in the order of their registration. Meanwhile Orthanc receives no other instance, \
and lets no plugin register anything, so a filter should be quick. The instance has no metadata \
yet."""

_C_STORE_FILTER = f"""\
Register a filter of the instances that Orthanc receives by C-STORE.

It is called as filter(instance) and returns the DIMSE status to answer: 0 accepts the instance, \
anything else, 0xA900 for example, refuses it. The first filter that refuses decides. Where one \
raises, or returns no such int, this is logged, and the instance is refused with 0xA700.

{_LOCKED}"""

_DICOM_FILTER = f"""\
Register a filter of the instances that Orthanc receives on any way.

It is called as filter(instance) and returns True, or False to discard the instance. Where one \
raises, or returns anything else, this is logged, and the instance is refused with an error.

{_LOCKED}"""

INSTANCES = Overrides(
    functions={
        "GetInstanceData": hand("(self) -> bytes", owner="DicomInstance"),
        "LookupDictionary": hand("(name: str, /) -> dict[str, int]"),
        "RegisterOnChangeCallback": hand(
            "(callback: Callable[[ChangeType, ResourceType, str], object], /) -> None"
        ),
        "RegisterOnStoredInstanceCallback": hand(
            "(callback: Callable[[DicomInstance, str], object], /) -> None"
        ),
        "RegisterReceivedInstanceCallback": hand(
            "(callback: Callable[[bytes, InstanceOrigin], tuple[int, Buffer | None]], /) -> None"
        ),
        "RegisterIncomingCStoreInstanceFilter": hand(
            "(filter: Callable[[DicomInstance], int], /) -> None", text=_C_STORE_FILTER
        ),
        "RegisterIncomingDicomInstanceFilter": hand(
            "(filter: Callable[[DicomInstance], bool], /) -> None", text=_DICOM_FILTER
        ),
    },
    classes={"DicomInstance": ClassOverride(hook="bind_dicom_instance")},
    never_null=frozenset({"GetErrorDescription"}),
)
