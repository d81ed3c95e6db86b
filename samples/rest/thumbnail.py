# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thumbnail of an instance by Pillow, made in a worker.

Try: curl 'http://localhost:8042/thumbnail/IDENTIFIER-OF-AN-INSTANCE?size=128' -o thumbnail.jpg
"""

import io
from typing import Unpack

import orthanc
from PIL import Image

from orthanc_runtime import RestRequest, offload, rest

LARGEST = 1024


@offload(timeout=30)
def OnThumbnail(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (instance,) = request["groups"]
    text = request["get"].get("size", "64")
    size = int(text) if text.isdecimal() and len(text) <= 4 else 0
    if not 1 <= size <= LARGEST:
        output.SendHttpStatus(400, f"size is a number from 1 to {LARGEST}\n")
        return
    preview = rest.get(f"/instances/{instance}/preview", headers={"Accept": "image/png"})
    if preview.status_code != 200:
        output.SendHttpStatus(preview.status_code, f"no preview of instance {instance}\n")
        return
    image = Image.open(io.BytesIO(preview.content)).convert("RGB")
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    output.AnswerBuffer(file.getvalue(), "image/jpeg")


orthanc.RegisterRestCallback("/thumbnail/([0-9a-f-]+)", OnThumbnail)
