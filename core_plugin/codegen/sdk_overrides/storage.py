# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storage areas, key-value stores, queues."""

from __future__ import annotations

from codegen.overrides import Overrides, later

STORAGE = Overrides(
    functions={
        **dict.fromkeys(
            ("RegisterStorageArea", "RegisterStorageArea2", "RegisterStorageArea3"),
            later("takes a callback"),
        ),
        "AdoptDicomInstance": later("fills two outputs of different kinds"),
    },
)
