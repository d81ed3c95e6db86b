# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DICOM instances on their way into Orthanc, changes, the dictionary."""

from __future__ import annotations

from codegen.overrides import ClassOverride, Overrides, hand, later

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
        **dict.fromkeys(
            (
                "RegisterIncomingCStoreInstanceFilter",
                "RegisterIncomingDicomInstanceFilter",
            ),
            later("takes a callback"),
        ),
    },
    classes={"DicomInstance": ClassOverride(hook="bind_dicom_instance")},
    never_null=frozenset({"GetErrorDescription"}),
)
