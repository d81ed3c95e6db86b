# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codes and levels of our own lines in Orthanc's log; docs/log-codes.md says what they mean.

A number is never used for something else: operators filter by it. The C++ side has the same table,
generated from this file.
"""

from __future__ import annotations

import enum

PREFIX = "ORT-"


class LogLevel(enum.IntEnum):
    """Of Orthanc's log; the numbers are those of LOG frames."""

    ERROR = 0
    WARNING = 1
    INFO = 2


_E, _W, _I = LogLevel


@enum.unique
class LogCode(enum.IntEnum):
    """1xxx start, 2xxx workers, 3xxx tasks in workers, 4xxx Orthanc's own Python, 5xxx stop."""

    level: LogLevel

    def __new__(cls, number: int, level: LogLevel) -> LogCode:
        """The value is the number."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.level = level
        return code

    @property
    def text(self) -> str:
        """As it stands in the log."""
        return f"{PREFIX}{self.value}"

    ORTHANC_TOO_OLD = 1001, _E
    DOES_NOT_START = 1002, _E
    START_RAISED = 1003, _E
    VERSIONS = 1101, _W
    PYTHON_IN_USE = 1102, _W
    SCRIPT = 1103, _W
    NO_SCRIPT = 1104, _W
    NOTHING_OFFLOADED = 1105, _W
    OFFLOADED_INLINE = 1106, _W
    WORKERS_PLANNED = 1107, _W
    POOL_UNUSED = 1108, _W
    SETTING_ODD = 1201, _W
    CAPACITY_LIMITED = 1202, _W
    REST_ACCESS_ODD = 1203, _W
    SDK_NEWER = 1204, _W
    MODULE_HIDDEN = 1205, _W
    DEBUGGING = 1206, _W
    HTTP_REPLACED = 1207, _W
    EARLY_START_VAIN = 1208, _I

    WORKER_READY = 2001, _I
    WORKER_RECYCLED = 2002, _I
    WORKER_REPLACED = 2003, _W
    POOL_MENDED = 2004, _W
    WORKER_LEFT = 2005, _I
    FORK_SERVER_ODD = 2006, _W
    WORKER_KILLED = 2101, _W
    WORKER_ENDED = 2102, _W
    WORKER_START_FAILED = 2103, _E
    WORKER_START_REPEATED = 2104, _W
    POOL_BROKEN = 2105, _E
    SUPERVISOR_FAILED = 2106, _E
    SLOT_FAILED = 2107, _E
    WORKER_IMMORTAL = 2108, _E
    PROCESS_KILLED_AT_STOP = 2109, _W
    OUTPUT_DROPPED = 2201, _W
    STREAMS_CLOSED = 2202, _W
    WORKER_GIVES_UP = 2203, _E
    RELOADED = 2301, _W
    RELOAD_REFUSED = 2302, _E
    SCRIPT_CHANGED = 2303, _W
    RELOAD_RAISED = 2304, _E
    DEBUGGER_LISTENS = 2401, _W

    HANDLER_RAISED = 3001, _E
    NO_ANSWER = 3002, _E
    NESTED_TOO_DEEP = 3003, _E
    TOO_LARGE = 3004, _E
    WORKER_DIED = 3005, _E
    SATURATED = 3006, _E
    STOPPING = 3007, _E
    NO_WORKERS = 3008, _E
    HANDLER_QUARANTINED = 3009, _E
    DEADLINE_PASSED = 3010, _E
    TASK_REPEATED = 3101, _W
    QUARANTINE_BEGINS = 3102, _E
    QUARANTINE_ENDS = 3103, _W
    SUBMITTED_FAILED = 3104, _E

    CALLBACK_RAISED = 4001, _E
    CALLBACK_FAILED = 4002, _E
    NO_ANSWER_IN_MASTER = 4003, _E
    HANDLER_SLOW = 4004, _W
    FILTER_NOT_BOOLEAN = 4005, _E
    STORAGE_ERROR = 4006, _E
    WEBDAV_REFUSED = 4007, _W
    CHANGE_LOST = 4008, _E
    ROUTE_WAITS = 4009, _W
    ROUTE_REFUSED = 4010, _E
    METRICS_FAILED = 4011, _E
    OPERATION_FAILED = 4012, _E
    EVENT_LOOP_ERROR = 4101, _E

    REQUESTS_CUT = 5001, _W
    CHANGE_STUCK = 5002, _W
    PYTHON_BUSY = 5003, _W
    HANDLERS_INTERRUPTED = 5004, _E
    PROCESS_ENDED = 5005, _E
    THREAD_LEFT = 5006, _W
    COROUTINES_LEFT = 5007, _E
    STOP_RAISED = 5008, _E
