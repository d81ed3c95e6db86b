# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: 67 MB of weights, in memory once for all workers.

The fork server imports this module (``Preload`` in orthanc.json), and the workers that it forks
share its memory. So it imports no ``orthanc``, starts no thread, opens no GPU and no connection.
The weights are random here; load a file of your own in their place.
"""

import os

import numpy
import numpy.typing

Floats = numpy.typing.NDArray[numpy.float32]

SIDE = 64  # pixels of the image that the model takes, each way
LABELS = ("chest", "head", "hand", "knee")

_random = numpy.random.default_rng(1)
HIDDEN = _random.standard_normal((SIDE * SIDE, 4096), dtype=numpy.float32)
OUTPUT = _random.standard_normal((4096, len(LABELS)), dtype=numpy.float32)
for _weights in (HIDDEN, OUTPUT):
    _weights.flags.writeable = False  # what a worker writes to is no longer shared
LOADED_BY = os.getpid()


def classify(image: Floats) -> dict[str, float]:
    """The probability of each label; ``image`` has SIDE x SIDE values from 0 to 1."""
    hidden = numpy.tanh(image.ravel() @ HIDDEN / SIDE)
    logits = hidden @ OUTPUT / SIDE
    shares = numpy.exp(logits - logits.max())
    return dict(zip(LABELS, (shares / shares.sum()).tolist(), strict=True))
