# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage areas, key-value stores, queues."""

from __future__ import annotations

from codegen.overrides import ClassOverride, Overrides, hand

_CREATE = "create: Callable[[str, ContentType, bytes], object]"
_READ = "Callable[[str, ContentType], Buffer]"
_READ_RANGE = "Callable[[str, ContentType, int, int], Buffer]"
_REMOVE = "remove: Callable[[str, ContentType], object]"

# With custom data each callback says how it went, by an error code.
_CREATE_3 = (
    "create: Callable[[str, ContentType, CompressionType, bytes, DicomInstance | None], "
    "tuple[int, Buffer | None]]"
)
_READ_3 = "read_range: Callable[[str, ContentType, int, int, bytes], tuple[int, Buffer | None]]"
_REMOVE_3 = "remove: Callable[[str, ContentType, bytes], int]"

STORAGE = Overrides(
    functions={
        "AdoptDicomInstance": hand(
            "(dicom: str | Buffer, customData: str | Buffer | None, /) "
            "-> tuple[str, str, StoreStatus]"
        ),
        "RegisterStorageArea": hand(f"({_CREATE}, read: {_READ}, {_REMOVE}, /) -> None"),
        "RegisterStorageArea2": hand(
            f"({_CREATE}, read_whole: {_READ}, read_range: {_READ_RANGE} | None, {_REMOVE}, /) "
            "-> None"
        ),
        "RegisterStorageArea3": hand(f"({_CREATE_3}, {_READ_3}, {_REMOVE_3}, /) -> None"),
        "SetStableStatus": hand(
            "(resourceId: str, stableStatus: StableStatus | int, /) -> tuple[int, int]"
        ),
    },
    classes={"StorageArea": ClassOverride(hook="bind_storage_area")},
    signatures={
        "StorageAreaCreate": (
            "(self, uuid: str, content: str | Buffer, type: ContentType | int, /) -> None",
            "(self, uuid: str, content: str | Buffer, size: int, type: ContentType | int, /) "
            "-> None",
        ),
    },
    nullable=frozenset({("EmitAuditLog", "logData"), ("SetAttachmentCustomData", "customData")}),
)
