# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames between the plugin and a worker.

Every message on a lane or on a service socket is one frame, little endian; after HELLO on a lane
they go by its pipes, but for bodies of more than 32 KiB, which go by its socket::

     0      2     3      4         8         12               20
    +------+-----+------+---------+---------+----------------+------+------+
    | 'OR' |kind |depth |head len |body len |    task id     | head | body |
    |  2   |  1  |  1   |    4    |    4    |       8        |      |      |
    +------+-----+------+---------+---------+----------------+------+------+

``head`` is a MessagePack value (at most 16 MiB, nested at most 32 deep), ``body`` raw bytes (at
most 2**32 - 1, the limit of the Orthanc SDK). ``task id`` is unique in one Orthanc process, 0
where no task runs.
``depth`` counts nested tasks on one lane, 0 for the outermost, at most 4.

Strings in heads are UTF-8 where possible; other bytes survive by ``surrogateescape``.

========================  =====  ============================================================
frame                     body   head
========================  =====  ============================================================
to the worker
BOOTSTRAP                 -      map, see :mod:`orthanc_runtime.launch`
TASK, a REST request      body   ``[0, address, method, uri, groups, get, headers]``; ``get``
                                 is nil where the method is not GET; ``headers`` is a map; an
                                 eighth element is the payload of HTTP authentication, if any
TASK, a function call     call   ``[1, address]``, body as in :mod:`orthanc_runtime.payload`
REPLY                     bytes  ``[error code, description, value]``; code 0 is success, -1000
                                 a ValueError. The value is nil, one value, or a list of them;
                                 ``true`` stands for text or bytes in the body; an object is a
                                 number, see also :mod:`orthanc_runtime.carried`
CANCEL                    -      ``[]``, the deadline of the task, a coroutine, has passed; the
                                 task still ends by DONE or FAILED, and may have ended before
from the worker
HELLO                     -      map ``protocol build pid handlers missing_preload
                                 forkserver_threads``; the last two are for the log
STARTUP_FAILED            -      ``[type, message, traceback]``
OUTPUT                    data   ``[call, arguments...]``, one call on the RestOutput; REPLY
                                 answers those for streams, multipart answers and images
DONE                      value  ``[]``, the handler ended; body is a function's pickled result
FAILED                    error  ``[type, message, traceback, error code or nil]``; body is the
                                 pickled exception of a function call, or empty
CALL                      data   ``[function, arguments...]``, answered by REPLY; bytes are a
                                 length, and follow each other in the body
FREE                      -      ``[number, ...]``, objects that are not needed; no answer
LOG                       text   ``[level]``; 0 error, 1 warning, 2 information, or of our own
                                 lines the code, see :mod:`orthanc_runtime.log_codes`; no answer
========================  =====  ============================================================
"""

from __future__ import annotations

import enum
import struct
from typing import Any, NamedTuple

import msgpack  # type: ignore[import-untyped]

VERSION = 3
MAGIC = 0x524F
HEADER = struct.Struct("<HBBIIQ")
MAXIMUM_HEAD = 16 * 1024 * 1024
MAXIMUM_BODY = 2**32 - 1
MAXIMUM_DEPTH = 4
BAD_VALUE = -1000


class Kind(enum.IntEnum):
    """What a frame is; the C++ side has the same list in ``dispatch/frame.h``."""

    BOOTSTRAP = 1
    TASK = 2
    REPLY = 3
    CANCEL = 4
    HELLO = 16
    STARTUP_FAILED = 17
    OUTPUT = 18
    DONE = 19
    FAILED = 20
    CALL = 21
    LOG = 22
    FREE = 23


class TaskKind(enum.IntEnum):
    """First element of a TASK head."""

    REST = 0
    FUNCTION = 1


_TASK, _FUNCTION = int(Kind.TASK), int(TaskKind.FUNCTION)


class ProtocolError(Exception):
    """The peer sent something that is not a frame, or a frame that makes no sense now."""


class ConnectionClosed(EOFError):  # noqa: N818
    """The peer closed the socket between two frames."""


class Frame(NamedTuple):
    """One received frame.

    ``body`` is ``bytes``, that of a function call a ``bytearray``, or where it is large the tuple
    of its pickle and its buffers, see :mod:`orthanc_runtime.payload`.
    """

    kind: int
    depth: int
    task: int
    head: Any
    body: Any


def pack(kind: int, task: int, depth: int, head: object, body_length: int = 0) -> bytes:
    """Header and head of a frame; the body follows on the wire.

    Raises ValueError where head or body is larger than a frame can carry.
    """
    return _join(kind, task, depth, _packer().pack(head), body_length)


def _packer() -> msgpack.Packer:
    return msgpack.Packer(use_bin_type=True, unicode_errors="surrogateescape")


def _join(kind: int, task: int, depth: int, packed: bytes, body_length: int) -> bytes:
    if len(packed) > MAXIMUM_HEAD:
        raise ValueError(f"frame head of {len(packed)} bytes, at most {MAXIMUM_HEAD} are possible")
    if body_length > MAXIMUM_BODY:
        raise ValueError(
            f"frame body of {body_length} bytes, the Orthanc SDK carries at most {MAXIMUM_BODY}"
        )
    return HEADER.pack(MAGIC, kind, depth, len(packed), body_length, task) + packed


def unpack_head(packed: bytes | bytearray | memoryview) -> Any:
    """Decode a frame head. Raises ProtocolError."""
    try:
        return msgpack.unpackb(
            packed, raw=False, strict_map_key=False, unicode_errors="surrogateescape"
        )
    except Exception as error:
        raise ProtocolError(f"frame head is not MessagePack: {error}") from error
