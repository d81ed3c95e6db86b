# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reads an upload chunk by chunk, for ``orthanc.RegisterChunkedRestCallback``.

A class that keeps no chunk::

    class Digest:
        def __init__(self, uri, **request):
            self.sha256 = hashlib.sha256()

        def AddChunk(self, chunk):
            self.sha256.update(chunk)

        def Execute(self, output):
            output.AnswerBuffer(self.sha256.hexdigest(), "text/plain")

    orthanc.RegisterChunkedRestCallback("/digest", post=Digest, put=Digest)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import orthanc


class UploadReader(Protocol):
    """Made for one request; all its methods are called on the thread of that request.

    A method ``Finalize()``, which is optional, is called at the end in any case, also where the
    client has gone before all of its body has come.
    """

    def AddChunk(self, chunk: bytes, /) -> object:
        """The next part of the body. Once this raises, the rest is dropped, and answered so.

        Orthanc hands over at most 1 MiB of a body with ``Transfer-Encoding: chunked``; one with
        ``Content-Length`` comes in one piece.
        """

    def Execute(self, output: orthanc.RestOutput, /) -> object:
        """The body is complete: answer, as a REST callback does."""
