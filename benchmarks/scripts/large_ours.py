# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large bodies, offloaded and not."""

import orthanc
from large_bodies import on_answer, on_noop, on_upload

from orthanc_runtime import offload

orthanc.RegisterRestCallback("/answer", offload(on_answer))
orthanc.RegisterRestCallback("/upload", offload(on_upload))
orthanc.RegisterRestCallback("/noop", offload(on_noop))
orthanc.RegisterRestCallback("/answer-master", on_answer)
orthanc.RegisterRestCallback("/upload-master", on_upload)
