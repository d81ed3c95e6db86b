# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put heavy handlers of an Orthanc script into worker processes.

::

    import orthanc
    from orthanc_runtime import offload, rest

    @offload(timeout=60)
    def OnComputation(output, uri, **request):
        output.AnswerBuffer(rest.get("/statistics").content, "application/json")

    orthanc.RegisterRestCallback("/computation", OnComputation)

``offload``
    decorator: the function runs in a worker process.
``on_worker_start``
    decorator: the function runs once in each worker, after the script was imported there.
``in_worker``
    True where the script was imported by a worker, False in Orthanc itself and elsewhere.
``RestRequest``
    the keyword arguments of a REST handler, as a type: ``**request: Unpack[RestRequest]``.
``rest``
    Orthanc's REST API as a :class:`requests.Session`: ``rest.get("/instances").json()``.

Outside Orthanc an offloaded function runs inline, so scripts can be tested without a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import (
    NestedTooDeep,
    NotAddressable,
    NotInWorker,
    NotTransferable,
    OffloadError,
    OrthancException,
    PoolBroken,
    PoolSaturated,
    PoolStopping,
    RemoteError,
    RemoteTraceback,
    SettingsError,
    StartupError,
    TaskTimeout,
    WorkerDied,
)
from .offload import Offloaded, offload
from .rest_request import FilteredRequest, RestRequest
from .role import on_worker_start
from .version import __version__

if TYPE_CHECKING:
    from .rest_client import Rest

    in_worker: bool
    rest: Rest

__all__ = [
    "FilteredRequest",
    "NestedTooDeep",
    "NotAddressable",
    "NotInWorker",
    "NotTransferable",
    "OffloadError",
    "Offloaded",
    "OrthancException",
    "PoolBroken",
    "PoolSaturated",
    "PoolStopping",
    "RemoteError",
    "RemoteTraceback",
    "RestRequest",
    "SettingsError",
    "StartupError",
    "TaskTimeout",
    "WorkerDied",
    "__version__",
    "in_worker",
    "offload",
    "on_worker_start",
    "rest",
]


def __getattr__(name: str) -> Any:
    if name == "in_worker":
        from .role import current

        return current().in_worker
    if name == "rest":
        # requests takes longer to import than all the rest: only scripts that use it pay.
        from .rest_client import rest

        return rest
    raise AttributeError(f"module 'orthanc_runtime' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
