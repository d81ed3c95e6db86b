# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP/1.1 answers, parsed as their bytes arrive."""

from __future__ import annotations

HEAD_LIMIT = 64 * 1024

_END = b"\r\n\r\n"
_NO_BODY = frozenset({204, 304})


class AnswerError(Exception):
    """The server sent something that is not HTTP/1.1; ends the connection."""


class AnswerParser:
    """One answer after the other of one connection; bodies are counted, not kept."""

    def __init__(self) -> None:
        self._buffer = b""
        self.reset()

    def reset(self) -> None:
        """Expect the next answer."""
        self.status = 0
        self.closes = False
        self._left: int | None = 0  # bytes of the body still to come; None: until the end
        self._chunked = False
        self._last_chunk = False
        self._in_head = True

    @property
    def started(self) -> bool:
        """Whether anything of the current answer has arrived."""
        return not self._in_head or bool(self._buffer)

    def feed(self, data: bytes) -> bool:
        """Take bytes from the socket; True when the current answer is complete."""
        self._buffer = self._buffer + data if self._buffer else data
        while self._in_head:
            end = self._buffer.find(_END)
            if end < 0:
                if len(self._buffer) > HEAD_LIMIT:
                    raise AnswerError("the head of an answer is too large")
                return False
            self._read_head(self._buffer[:end])
            self._buffer = self._buffer[end + 4 :]
            self._in_head = 100 <= self.status < 200  # "100 Continue" and the like
        return self._read_chunks() if self._chunked else self._read_plain()

    @property
    def ends_at_eof(self) -> bool:
        """Whether the answer has no length, so that the end of the connection completes it."""
        return not self._in_head and self._left is None and not self._chunked

    def _read_head(self, head: bytes) -> None:
        lines = head.split(b"\r\n")
        words = lines[0].split(b" ", 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
            raise AnswerError(f"not an HTTP answer: {lines[0][:40]!r}")
        self.status = int(words[1])
        self.closes = words[0] == b"HTTP/1.0"
        self._left, self._chunked, self._last_chunk = None, False, False
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name == b"content-length":
                if not value.strip().isdigit():
                    raise AnswerError(f"bad Content-Length: {value[:40]!r}")
                self._left = int(value)
            elif name == b"transfer-encoding":
                self._chunked = value.strip().lower() == b"chunked"
            elif name == b"connection":
                self.closes = value.strip().lower() == b"close"
        if self.status in _NO_BODY:
            self._left, self._chunked = 0, False
        if self._left is None and not self._chunked:
            self.closes = True

    def _read_plain(self) -> bool:
        if self._left is None:
            self._buffer = b""
            return False
        taken = min(self._left, len(self._buffer))
        self._buffer = self._buffer[taken:]
        self._left -= taken
        return self._left == 0

    def _read_chunks(self) -> bool:
        # _left counts the rest of the current chunk with its line end; None: a size line is due.
        while True:
            if self._left is None:
                line, separator, rest = self._buffer.partition(b"\r\n")
                if not separator:
                    return False
                try:
                    size = int(line.partition(b";")[0], 16)
                except ValueError:
                    raise AnswerError(f"bad chunk size: {line[:40]!r}") from None
                # Trailers after the last chunk are rare; only the empty line is expected.
                self._buffer, self._left = rest, size + 2
                self._last_chunk = size == 0
            if not self._read_plain():
                return False
            if self._last_chunk:
                return True
            self._left = None
