# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A study as a ZIP file that is sent while it is made: any size, little memory. Orthanc 1.12.6.

Try: curl http://localhost:8042/zip/IDENTIFIER-OF-A-STUDY -o study.zip
"""

import zipfile
from contextlib import closing
from typing import Any, Unpack

import orthanc

from orthanc_runtime import RestRequest, offload, rest

CHUNK = 1024 * 1024


class Answer:
    """A file that can only be written; zipfile then writes sizes behind the data."""

    def __init__(self, output: Any) -> None:  # the types of SDK 1.12.5 know no streams
        self._output = output
        self._pending = bytearray()

    def start(self, content_type: str) -> None:
        self._output.StartStreamAnswer(content_type)

    def write(self, data: bytes) -> int:
        self._pending += data
        if len(self._pending) >= CHUNK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._pending:
            # Returns once it is sent, and raises where the client has gone: no work is wasted.
            self._output.SendStreamChunk(bytes(self._pending))
            self._pending.clear()

    def close(self) -> None:
        self.flush()


@offload(timeout=3600)
def OnZip(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    (study,) = request["groups"]
    found = rest.get(f"/studies/{study}/instances")
    if found.status_code != 200:
        output.SendHttpStatus(404, f"no study {study}\n")
        return
    output.SetHttpHeader("Content-Disposition", f'attachment; filename="{study}.zip"')
    answer = Answer(output)
    answer.start("application/zip")
    with closing(answer), zipfile.ZipFile(answer, "w", zipfile.ZIP_DEFLATED) as archive:
        for instance in found.json():
            name = f"{instance['ParentSeries']}/{instance['ID']}.dcm"
            archive.writestr(name, rest.get(f"/instances/{instance['ID']}/file").content)


orthanc.RegisterRestCallback("/zip/([0-9a-f-]+)", OnZip)
