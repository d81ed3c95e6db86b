# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The path of a task through a worker, in C++ (core_plugin/src/worker)."""

import socket
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, ClassVar, NoReturn

from .protocol import Frame

class FrameStream:
    """Blocking frames over a socket, or pipes beside it; one thread receives, and one sends.

    Small frames arrive with one system call; a large body is received straight into its object.
    """

    BUFFER: ClassVar[int]

    def __init__(self, sock: socket.socket, in_fd: int = -1, out_fd: int = -1) -> None:
        """Follows the timeout of ``sock``. The others are pipes for all but large bodies, which it
        takes over; what is written to ``out_fd`` does not block."""
    @property
    def socket(self) -> socket.socket: ...
    def receive(self) -> Frame:
        """The next frame. Raises ConnectionClosed at a clean end, ProtocolError, OSError."""
    def send(
        self,
        kind: int,
        task: int,
        depth: int,
        head: object,
        *parts: bytes | bytearray | memoryview,
    ) -> None:
        """Send one frame whose body is ``parts`` joined. Raises OSError, ValueError, TypeError."""
    def has_more(self) -> bool:
        """Some of the next frame has come; never waits. True where the peer has gone, too."""
    def fileno(self) -> int: ...
    def close(self) -> None: ...

class TaskLane:
    """The base of :class:`orthanc_runtime.workers.lane.Lane`, where it is described."""

    task: int
    depth: int
    output: object
    cancel: Callable[[int], None] | None
    replied: Callable[[], object] | None
    run_nested: Callable[[Frame], object] | None
    @property
    def thread(self) -> int: ...
    def __init__(
        self,
        frames: FrameStream,
        leave: Callable[[], NoReturn],
        abandon: Callable[[Exception], NoReturn],
    ) -> None: ...
    def receive(self) -> Frame: ...
    def receive_any(self) -> Frame: ...
    def send(self, kind: int, head: object, *parts: bytes | bytearray | memoryview) -> None: ...
    def send_output(
        self, output: object, head: object, data: bytes | bytearray | memoryview
    ) -> bool: ...
    def finish(self, kind: int, head: object, *parts: bytes | bytearray | memoryview) -> None: ...
    def call(
        self, head: object, *parts: bytes | bytearray | memoryview
    ) -> tuple[Any, bytes | bytearray]: ...
    def has_more(self) -> bool: ...
    def fileno(self) -> int: ...

class TaskOutput:
    """The base of :class:`orthanc_runtime.workers.output.RestOutput`."""

    _lane: Any
    def __new__(cls, lane: TaskLane, /) -> TaskOutput: ...
    def AnswerBuffer(self, answer: object, mimeType: str, /) -> None:  # noqa: N803
        """Answer with status 200; text is sent as UTF-8, None as an empty body."""

class TaskRunner:
    """From the TASK frame to the call of the handler and its end."""

    def __init__(
        self,
        *,
        lane: TaskLane,
        find: Callable[[str], Callable[..., object]],
        output_type: type[TaskOutput],
        returned: Callable[[Any], object],
        raised: Callable[[BaseException], object],
        decode_call: Callable[[Any], tuple[tuple[Any, ...], dict[str, Any]]],
        encode_result: Callable[[Any, str], list[Any]],
        call_raised: Callable[[BaseException], object],
        current: ContextVar[Any],
    ) -> None:
        """``returned`` takes what a handler or a function returns, where that may be a coroutine;
        ``raised`` and ``call_raised`` send FAILED. ``decode_call`` and ``encode_result`` are for
        what is not plain: see :mod:`orthanc_runtime.payload`."""
    def run(self, frame: Frame) -> None:
        """Run a TASK frame, nested in the one that runs, if any."""
    def serve(self, lost_streams: Callable[[], object], streams: Sequence[object]) -> NoReturn:
        """Run tasks for ever; ``lost_streams()`` after one that has closed one of ``streams``,
        standard output and errors.

        The wait for the next one has no deadline: the end of the lane ends the process.
        """

def request_of(head: Any, body: bytes | bytearray) -> tuple[str, str, dict[str, Any]]:
    """Address of the handler, URI and keyword arguments, from the TASK frame of a REST request.

    Raises ProtocolError.
    """

def are_open(streams: Sequence[object]) -> bool:
    """Standard output and errors are open as descriptors 1 and 2, and as these ``streams``."""

def as_data(value: object, expected: int) -> bytes | bytearray | memoryview:
    """Text as UTF-8, anything that exposes its memory as it is.

    Raises TypeError, which says that ``expected`` arguments are.
    """

def check_text(text: object, expected: int) -> None:
    """Raises TypeError where this is no text, ValueError where the SDK, in C, would cut it."""

def check_header_text(text: object, expected: int) -> None:
    """The same, and ValueError for line breaks."""
