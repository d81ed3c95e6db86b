# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A WebDAV client: what a file manager asks, and reads from the answers."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

import requests
from server import OrthancServer

_FIND_ALL = b'<?xml version="1.0"?><D:propfind xmlns:D="DAV:"><D:allprop/></D:propfind>'


@dataclass(frozen=True)
class Found:
    """A file or folder, as PROPFIND tells it."""

    is_folder: bool
    size: int | None
    mime_type: str | None
    modified: str | None


class WebDavClient:
    """Of one collection; paths are relative to it."""

    def __init__(self, server: OrthancServer, root: str) -> None:
        self._server = server
        self._root = root

    def request(self, method: str, path: str = "", **options: Any) -> requests.Response:
        headers = {"User-Agent": "davfs2/1.6.1 neon/0.32.5", **options.pop("headers", {})}
        return self._server.request(method, self._root + quote(path), headers=headers, **options)

    def status(self, method: str, path: str = "", **options: Any) -> int:
        return self.request(method, path, **options).status_code

    def find(self, path: str = "", depth: int = 1) -> dict[str, Found]:
        """What is in a folder, by path within the collection; the folder itself is ``""``."""
        answer = self.request("PROPFIND", path, headers={"Depth": str(depth)}, data=_FIND_ALL)
        assert answer.status_code == 207, answer.text
        assert answer.headers["Content-Type"].startswith("application/xml; charset=UTF-8")
        found = {}
        for response in ElementTree.fromstring(answer.content).iter("{DAV:}response"):
            href = unquote(response.findtext("{DAV:}href", ""))
            assert href.startswith(self._root), href
            name = href.removeprefix(self._root).strip("/").removeprefix(path.strip("/")).strip("/")
            size = response.findtext(".//{DAV:}getcontentlength")
            found[name] = Found(
                response.find(".//{DAV:}resourcetype/{DAV:}collection") is not None,
                None if size is None else int(size),
                response.findtext(".//{DAV:}getcontenttype"),
                response.findtext(".//{DAV:}getlastmodified"),
            )
        return found
