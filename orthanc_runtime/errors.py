# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every exception of the package.

::

    OrthancException            an SDK call failed: (code, description), as ``orthanc.OrthancException``
    SettingsError               orthanc.json is wrong; names key, value and what is allowed
    StartupError                the plugin or a worker could not start
    OffloadError                an offloaded call failed for a reason of its own
        WorkerDied              the worker ended before the answer
        PoolSaturated           no worker became free in time, or the queue was full
        PoolBroken              workers cannot be started
        HandlerQuarantined  the handler has crashed too many workers in a row
        PoolStopping            Orthanc is stopping
        TaskTimeout             the deadline passed; also a TimeoutError
        NestedCoroutine         a coroutine was reached by a call that another one waits for
        NestedTooDeep           offloaded handlers called each other more than 4 deep
        NotAddressable          the worker cannot find this function by a name
        NotTransferable         an argument, result or exception cannot be pickled
        RemoteError             the handler's own exception could not be carried over
        NotInWorker             this part of the SDK is not available in a worker

An exception that an offloaded function raises arrives with its own type; its ``__cause__`` is a
:class:`RemoteTraceback` with the text of the worker's traceback.
"""

from __future__ import annotations


class OrthancException(Exception):
    """A call to the Orthanc SDK failed; ``args`` is ``(code, description)``."""


OrthancException.__module__ = "orthanc"


class SettingsError(ValueError):
    """A setting in orthanc.json has the wrong type, an impossible value, or an unknown name."""


class StartupError(RuntimeError):
    """The runtime cannot start; the message says what to change."""


class OffloadError(Exception):
    """An offloaded call failed for a reason that is not the handler's."""


class WorkerDied(OffloadError):
    """The worker ended before it answered; the message has pid, signal or exit code, handler."""


class PoolSaturated(OffloadError):
    """No worker became free within QueueTimeout, or MaximumQueued was reached."""


class PoolBroken(OffloadError):
    """Workers fail to start again and again; the message says why, the log has the traceback."""


class HandlerQuarantined(OffloadError):
    """The handler crashed QuarantineAfter workers in a row and gets none for a while."""


class PoolStopping(OffloadError):
    """Orthanc is stopping, no further task is taken."""


class TaskTimeout(OffloadError, TimeoutError):
    """The task did not end before its deadline; its worker was killed."""


class NestedTooDeep(OffloadError):
    """Offloaded handlers reached each other through Orthanc more than 4 deep."""


class NestedCoroutine(OffloadError):
    """In a worker, a coroutine made a blocking call that reached another coroutine."""


class NotAddressable(OffloadError):
    """A worker imports the script anew and cannot find this function there by a name."""


class NotTransferable(OffloadError):
    """An argument, a result or an exception does not survive pickling."""


class RemoteError(OffloadError):
    """The handler raised an exception that could not be carried over; the text is kept."""


class NotInWorker(OffloadError):
    """This part of the SDK is not available in a worker; the message says what to use."""


class RemoteTraceback(Exception):
    """The text of a traceback from a worker; the ``__cause__`` of a carried exception."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f"\n\n(in the worker)\n{self.text}"
