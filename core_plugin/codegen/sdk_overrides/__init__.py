# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The decisions about Orthanc's SDK, a module for each family of functions."""

from __future__ import annotations

from functools import reduce
from operator import or_

from codegen.overrides import Overrides
from codegen.sdk_history import CLASSES, ENUMERATIONS, FUNCTIONS

from .dicom_network import DICOM_NETWORK
from .dicomweb import DICOMWEB
from .http import HTTP
from .images import IMAGES
from .instances import INSTANCES
from .internal import INTERNAL
from .jobs import JOBS
from .rest import REST
from .storage import STORAGE

SDK_OVERRIDES = reduce(
    or_,
    (DICOM_NETWORK, DICOMWEB, HTTP, IMAGES, INSTANCES, INTERNAL, JOBS, REST, STORAGE),
    Overrides(functions_since=FUNCTIONS, classes_since=CLASSES, enumerations_since=ENUMERATIONS),
)
