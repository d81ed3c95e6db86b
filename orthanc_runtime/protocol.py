# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames between the plugin and a worker.

Every message on a lane or on a service socket is one frame, little endian::

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
import io
import socket
import struct
from collections.abc import Callable
from functools import partial
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
    """One received frame; ``body`` is ``bytes``, that of a function call a ``bytearray``."""

    kind: int
    depth: int
    task: int
    head: Any
    body: bytes | bytearray


# Without the Python function that Frame(...) is: each task has a frame.
_new_frame: Callable[[tuple[int, int, int, Any, bytes | bytearray]], Frame]
_new_frame = partial(tuple.__new__, Frame)


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


class FrameSocket:
    """Blocking frames over a stream socket, for one thread at a time.

    Small frames arrive with one system call; a large body is received straight into its
    ``bytes``.
    """

    BUFFER = 64 * 1024

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._buffer = bytearray(self.BUFFER)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        self._pack = _packer().pack

    @property
    def socket(self) -> socket.socket:
        return self._socket

    def fileno(self) -> int:
        return self._socket.fileno()

    def has_more(self) -> bool:
        """Some of the next frame has come; never waits. True where the peer has gone, too."""
        if self._end > self._start:
            return True
        try:
            self._socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def close(self) -> None:
        self._socket.close()

    def send(
        self,
        kind: int,
        task: int,
        depth: int,
        head: object,
        *parts: bytes | bytearray | memoryview,
    ) -> None:
        """Send one frame whose body is ``parts`` joined. Raises OSError, ValueError."""
        length = 0
        for part in parts:
            length += len(part)
        packed = self._pack(head)
        if len(packed) + length <= self.BUFFER:
            header = HEADER.pack(MAGIC, kind, depth, len(packed), length, task)
            self._socket.sendall(b"".join((header, packed, *parts)))
            return
        prefix = _join(kind, task, depth, packed, length)
        pending = [memoryview(prefix), *(memoryview(part) for part in parts if len(part))]
        while pending:
            sent = self._socket.sendmsg(pending[:64])
            while pending and sent >= len(pending[0]):
                sent -= len(pending.pop(0))
            if sent:
                pending[0] = pending[0][sent:]

    def receive(self) -> Frame:
        """The next frame. Raises ConnectionClosed at a clean end, ProtocolError, OSError."""
        if self._end - self._start < HEADER.size and not self._fill(HEADER.size, at_boundary=True):
            raise ConnectionClosed("the peer closed the socket")
        start = self._start
        magic, kind, depth, head_length, body_length, task = HEADER.unpack_from(self._buffer, start)
        if magic != MAGIC:
            raise ProtocolError(f"frame begins with {magic:#06x}, not {MAGIC:#06x}")
        if head_length > MAXIMUM_HEAD:
            raise ProtocolError(f"frame head of {head_length} bytes, at most {MAXIMUM_HEAD}")
        self._start = start = start + HEADER.size
        head = None
        if start + head_length <= self._end:
            self._start = end = start + head_length
            if head_length:
                head = unpack_head(self._view[start:end])
        elif head_length:
            head = unpack_head(self._take(head_length))
        body: bytes | bytearray = b""
        if body_length:
            if kind == _TASK and head and head[0] == _FUNCTION:
                # Arrays among the arguments are made in this memory, and must be writable.
                body = self._take_writable(body_length)
            else:
                body = bytes(self._take(body_length))
        return _new_frame((kind, depth, task, head, body))

    def _fill(self, length: int, at_boundary: bool = False) -> bool:
        """Have ``length`` bytes (at most the buffer) ready; False at a clean end."""
        if self._start == self._end:
            self._start = self._end = 0
        elif self._start + length > self.BUFFER:
            held = self._end - self._start
            self._view[:held] = bytes(self._view[self._start : self._end])
            self._start, self._end = 0, held
        while self._end - self._start < length:
            received = self._socket.recv_into(self._view[self._end :])
            if received == 0:
                if at_boundary and self._start == self._end:
                    return False
                raise ProtocolError("the peer closed the socket within a frame")
            self._end += received
        return True

    def _take(self, length: int) -> bytes | memoryview:
        if length <= self.BUFFER:
            if self._end - self._start < length:
                self._fill(length)
            taken = self._view[self._start : self._start + length]
            self._start += length
            return taken
        held = self._end - self._start
        # BytesIO hands its buffer out as bytes without a copy: one body in memory, not two.
        body = io.BytesIO()
        body.seek(length - 1)
        body.write(b"\0")
        with body.getbuffer() as target:
            target[:held] = self._view[self._start : self._end]
            self._start = self._end = 0
            while held < length:
                received = self._socket.recv_into(target[held:], 0, socket.MSG_WAITALL)
                if received == 0:
                    raise ProtocolError("the peer closed the socket within a frame")
                held += received
        return body.getvalue()

    def _take_writable(self, length: int) -> bytearray:
        body = bytearray(length)
        held = min(length, self._end - self._start)
        with memoryview(body) as target:
            target[:held] = self._view[self._start : self._start + held]
            self._start += held
            while held < length:
                received = self._socket.recv_into(target[held:], 0, socket.MSG_WAITALL)
                if received == 0:
                    raise ProtocolError("the peer closed the socket within a frame")
                held += received
        return body
