# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of Orthanc's engine."""

from __future__ import annotations

from codegen.overrides import Overrides, later

JOBS = Overrides(
    functions=dict.fromkeys(
        ("CreateJob", "CreateJob2", "RegisterJobsUnserializer", "SubmitJob"),
        later("jobs need callbacks and change owner when submitted"),
    ),
)
