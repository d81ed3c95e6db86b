# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is of no use to a script."""

from __future__ import annotations

from codegen.overrides import Overrides, internal

INTERNAL = Overrides(
    functions={
        "GetName": internal("the plugin itself defines it"),
        "FreeString": internal("strings are copied and freed"),
        "FreeMemoryBuffer": internal("buffers are copied and freed"),
        "FreeMemoryBuffer64": internal("buffers are copied and freed"),
        "CreateMemoryBuffer64": internal("only callbacks of a storage area return such a buffer"),
        "RegisterRestCallbackNoLock": internal("RegisterRestCallback uses it"),
        "RegisterDatabaseBackendV4": internal(
            "a database back-end exchanges Protocol Buffers for every access to the index"
        ),
    },
)
