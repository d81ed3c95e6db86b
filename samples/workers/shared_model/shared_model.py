# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model that is loaded once, and shared by all workers: see model.py and orthanc.json.

Try: curl http://localhost:8042/classify/IDENTIFIER-OF-AN-INSTANCE
     a few times: ``Worker`` changes, ``LoadedBy``, the process that has loaded the model, does not
"""

import io
import json
import os
from typing import Unpack

import model
import numpy
import orthanc
from PIL import Image

from orthanc_runtime import RestRequest, offload, rest


@offload(timeout=60)
def OnClassify(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (instance,) = request["groups"]
    preview = rest.get(f"/instances/{instance}/preview", headers={"Accept": "image/png"})
    if preview.status_code != 200:
        output.SendHttpStatus(preview.status_code, f"no image of instance {instance}\n")
        return
    image = Image.open(io.BytesIO(preview.content)).convert("L").resize((model.SIDE, model.SIDE))
    answer = {
        "Labels": model.classify(numpy.asarray(image, dtype=numpy.float32) / numpy.float32(255)),
        "LoadedBy": model.LOADED_BY,
        "Worker": os.getpid(),
    }
    output.AnswerBuffer(json.dumps(answer, indent=2), "application/json")


orthanc.RegisterRestCallback("/classify/([0-9a-f-]+)", OnClassify)
