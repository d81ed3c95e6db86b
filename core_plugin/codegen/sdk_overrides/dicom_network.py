# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Orthanc answers as a DICOM server: C-FIND, C-MOVE, worklists, storage commitment."""

from __future__ import annotations

from codegen.overrides import Addition, ClassOverride, Overrides, later

_CALLBACK = "takes a callback"

DICOM_NETWORK = Overrides(
    functions=dict.fromkeys(
        (
            "RegisterFindCallback",
            "RegisterFindCallback2",
            "RegisterMoveCallback",
            "RegisterMoveCallback2",
            "RegisterStorageCommitmentScpCallback",
            "RegisterStorageCommitmentScpCallback2",
            "RegisterWorklistCallback",
            "RegisterWorklistCallback2",
        ),
        later(_CALLBACK),
    ),
    classes={"FindQuery": ClassOverride(hook="bind_find_query")},
    additions=(
        Addition(
            "GetFindQueryTagGroup",
            "(self, index: int, /) -> int",
            "The group of one tag of the query.",
            owner="FindQuery",
        ),
        Addition(
            "GetFindQueryTagElement",
            "(self, index: int, /) -> int",
            "The element of one tag of the query.",
            owner="FindQuery",
        ),
    ),
)
