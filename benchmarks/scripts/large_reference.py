# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same routes for the reference plugin, which runs them in its master."""

import orthanc
from large_bodies import on_answer, on_noop, on_upload

orthanc.RegisterRestCallback("/answer", on_answer)
orthanc.RegisterRestCallback("/upload", on_upload)
orthanc.RegisterRestCallback("/noop", on_noop)
