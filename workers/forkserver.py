# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preloaded into the forkserver, the process that workers are forked from.

Importing this module changes the process: it leaves the session of Orthanc, ignores the
signals that a service manager sends to a whole group, and dies with Orthanc. Only the
forkserver imports it, through ``set_forkserver_preload``.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import signal
import sys
from contextlib import suppress

from orthanc_runtime import role
from orthanc_runtime.script import FOLDERS_VARIABLE

from .fork_failure import tell_failures
from .preloading import Preloading
from .process import die_with_parent, own_session, set_title

PID = os.getpid()
"""The parent of every worker forked from here."""

own_session()
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
die_with_parent(os.getppid())
set_title("orthanc-runtime forkserver")
tell_failures()

# After the above, since it takes a while: what no worker shall have to import.
from multiprocess import popen_forkserver  # type: ignore[import-untyped] # noqa: E402, F401

from orthanc_runtime import rest_client  # noqa: E402, F401

pkgutil.resolve_name(f"{__package__}.main:run")  # as each worker does
with suppress(ImportError):  # each worker says so
    importlib.import_module("orthanc_runtime.sdk")  # its enumerations take 5 ms

# The user's own modules come after this one.
sys.path[:0] = json.loads(os.environ.pop(FOLDERS_VARIABLE, "[]"))
role.install(Preloading())
