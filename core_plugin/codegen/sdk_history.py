# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SDK brought what, after the oldest one that is supported.

Headers from 1.13.0 on say so themselves; where one does, the build compares.
"""

from __future__ import annotations

from .surface import Version

OLDEST: Version = (1, 10, 1)

RELEASES: dict[str, Version] = {
    "Debian 12 (Orthanc 1.10.1)": OLDEST,
    "Debian 13 (Orthanc 1.12.7)": (1, 12, 6),
    "Debian sid (Orthanc 1.13.0)": (1, 13, 0),
}
"""The headers that the tests have been run with."""

FUNCTIONS: dict[str, Version] = {
    "GetDatabaseServerIdentifier": (1, 11, 1),
    "CreateJob2": (1, 11, 3),
    "RegisterDatabaseBackendV4": (1, 12, 0),
    "LoadDicomInstance": (1, 12, 1),
    "SetMetricsIntegerValue": (1, 12, 1),
    "SetCurrentThreadName": (1, 12, 2),
    "ExtendOrthancExplorer2": (1, 12, 4),
    "LogMessage": (1, 12, 4),
    "SetDescription2": (1, 12, 4),
    "SetRootUri2": (1, 12, 4),
    "SendStreamChunk": (1, 12, 6),
    "StartStreamAnswer": (1, 12, 6),
    "AdoptDicomInstance": (1, 12, 8),
    "CreateKeysValuesIterator": (1, 12, 8),
    "DeleteKeyValue": (1, 12, 8),
    "DequeueValue": (1, 12, 8),
    "EnqueueValue": (1, 12, 8),
    "FreeKeysValuesIterator": (1, 12, 8),
    "GetAttachmentCustomData": (1, 12, 8),
    "GetKeyValue": (1, 12, 8),
    "GetQueueSize": (1, 12, 8),
    "KeysValuesIteratorGetKey": (1, 12, 8),
    "KeysValuesIteratorGetValue": (1, 12, 8),
    "KeysValuesIteratorNext": (1, 12, 8),
    "RegisterStorageArea3": (1, 12, 8),
    "SetAttachmentCustomData": (1, 12, 8),
    "StoreKeyValue": (1, 12, 8),
    "EmitAuditLog": (1, 12, 9),
    "RegisterAuditLogHandler": (1, 12, 9),
    "RegisterHttpAuthentication": (1, 12, 9),
    "SetStableStatus": (1, 12, 9),
    "AcknowledgeQueueValue": (1, 12, 10),
    "GetConnectionCalledAet": (1, 12, 10),
    "GetConnectionRemoteAet": (1, 12, 10),
    "GetConnectionRemoteIp": (1, 12, 10),
    "RegisterFindCallback2": (1, 12, 10),
    "RegisterMoveCallback2": (1, 12, 10),
    "RegisterStorageCommitmentScpCallback2": (1, 12, 10),
    "RegisterWorklistCallback2": (1, 12, 10),
    "ReserveQueueValue": (1, 12, 10),
    "ClearCurrentThreadName": (1, 13, 0),
}

CLASSES: dict[str, Version] = {
    "KeysValuesIterator": (1, 12, 8),
    "DicomConnection": (1, 12, 10),
}

ENUMERATIONS: dict[str, Version] = {
    "LoadDicomInstanceMode": (1, 12, 1),
    "LogCategory": (1, 12, 4),
    "LogLevel": (1, 12, 4),
    "QueueOrigin": (1, 12, 8),
    "StoreStatus": (1, 12, 8),
    "HttpAuthenticationStatus": (1, 12, 9),
    "StableStatus": (1, 12, 9),
}
