# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A picture of a whole series: its slices side by side, made in a worker by NumPy and Pillow.

Try: curl http://localhost:8042/mosaic/IDENTIFIER-OF-A-SERIES -o mosaic.png
"""

import io
import math
from typing import Unpack

import numpy
import orthanc
from PIL import Image

from orthanc_runtime import RestRequest, offload, rest

TILE = 128  # pixels
MOST_TILES = 64


def tile(instance: str) -> Image.Image:
    preview = rest.get(f"/instances/{instance}/preview", headers={"Accept": "image/png"})
    preview.raise_for_status()
    image = Image.open(io.BytesIO(preview.content)).convert("L")
    image.thumbnail((TILE, TILE))
    return image


@offload(timeout=120)
def OnMosaic(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (series,) = request["groups"]
    found = rest.get(f"/series/{series}/ordered-slices")
    if found.status_code != 200:
        output.SendHttpStatus(found.status_code, f"no slices of series {series}\n")
        return
    slices = [short[0] for short in found.json()["SlicesShort"]]
    # As many as fit, spread over the whole series.
    chosen = [slices[i * len(slices) // MOST_TILES] for i in range(MOST_TILES)]
    shown = slices if len(slices) <= MOST_TILES else chosen
    columns = math.ceil(math.sqrt(len(shown)))
    rows = math.ceil(len(shown) / columns)
    canvas = numpy.zeros((rows * TILE, columns * TILE), dtype=numpy.uint8)
    for place, instance in enumerate(shown):
        pixels = numpy.asarray(tile(instance))
        top, left = place // columns * TILE, place % columns * TILE
        canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, "PNG")
    output.AnswerBuffer(file.getvalue(), "image/png")


orthanc.RegisterRestCallback("/mosaic/([0-9a-f-]+)", OnMosaic)
