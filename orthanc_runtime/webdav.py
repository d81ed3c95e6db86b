# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebDAV collections of the script, for ``orthanc.RegisterWebDavCollection``.

A path is a tuple of the names that lead to a file or folder; ``()`` is the collection itself::

    class Reports:
        def ListFolder(self, path):
            return {"today.txt": File(size=5)} if path == () else None

        def RetrieveFile(self, path):
            return b"hello" if path == ("today.txt",) else None

    orthanc.RegisterWebDavCollection("/reports", Reports())

``ListFolder`` answers ``None`` where there is no such folder, ``RetrieveFile`` where there is no
such file. A collection that can be written to has some of ``StoreFile(path, data)``,
``CreateFolder(path)`` and ``DeleteItem(path)``; one that returns ``False``, or is not there,
answers 403. None of them is called for the collection itself. ``IsExistingFolder(path)``, which is
optional, too, is asked before ``ListFolder``.

A program that asks for the collection itself as if it were a file, a browser for example, gets 403,
too: Orthanc would end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

Path = tuple[str, ...]


@dataclass(frozen=True)
class File:
    """A file in the list of a folder."""

    size: int | None
    """Bytes; None, which is unknown, needs Orthanc 1.12.11."""
    mime_type: str | None = None
    """None: what Orthanc makes of the name."""
    modified: datetime | None = None
    """None: now. Without a time zone it is in UTC."""


@dataclass(frozen=True)
class Folder:
    """A folder in the list of a folder."""

    modified: datetime | None = None


@dataclass(frozen=True)
class Content:
    """The content of a file, where more is to be said about it than its bytes."""

    data: Any
    """str or bytes-like."""
    mime_type: str | None = None
    modified: datetime | None = None


class Collection(Protocol):
    """What a collection has at least."""

    def ListFolder(self, path: Path, /) -> Mapping[str, File | Folder] | None: ...

    def RetrieveFile(self, path: Path, /) -> Any:
        """str, bytes-like, :class:`Content` or None."""


def collection_uri(uri: str, taken: Iterable[str]) -> str:
    """The URI as Orthanc compares it.

    Raises ValueError where it is none, or would lie within another collection, or around it:
    Orthanc looks no further than the first one that fits.
    """
    names = uri.rstrip("/").split("/")
    if len(names) < 2 or names[0] or not all(names[1:]) or "\0" in uri:
        raise ValueError(f"a WebDAV collection needs a URI like /name, not {uri!r}")
    for other in taken:
        common = min(len(names), len(other.split("/")))
        if names[:common] == other.split("/")[:common]:
            raise ValueError(f"there is a WebDAV collection at {other} already")
    return "/".join(names)


class CheckedCollection:
    """A collection as the plugin calls it: each result checked, and in the SDK's terms."""

    def __init__(self, collection: Collection) -> None:
        """Raises TypeError for an object that cannot be one."""
        for name in ("ListFolder", "RetrieveFile"):
            if _method(collection, name) is None:
                raise TypeError(
                    f"a WebDAV collection needs a method {name}, which "
                    f"{type(collection).__name__} has not"
                )
        self._list = collection.ListFolder
        self._retrieve = collection.RetrieveFile
        self._is_folder = _method(collection, "IsExistingFolder")
        self._store = _method(collection, "StoreFile")
        self._create = _method(collection, "CreateFolder")
        self._delete = _method(collection, "DeleteItem")

    def is_existing_folder(self, path: Path) -> bool:
        if self._is_folder is None:
            return self._list(path) is not None
        answer = self._is_folder(path)
        if not isinstance(answer, bool):
            raise TypeError(f"IsExistingFolder returns a bool, not {type(answer).__name__}")
        return answer

    def list_folder(self, path: Path) -> list[tuple[str, bool, int | None, str, str]] | None:
        """``(name, is a file, size, MIME type, time)`` of each; the MIME type may be empty."""
        entries = self._list(path)
        if entries is None:
            return None
        if not isinstance(entries, Mapping):
            raise TypeError(
                "ListFolder returns a mapping of names to File or Folder, or None, not "
                f"{type(entries).__name__}"
            )
        return [_entry(name, entry) for name, entry in entries.items()]

    def retrieve_file(self, path: Path) -> tuple[Any, str, str] | None:
        """``(data, MIME type, time)``."""
        content = self._retrieve(path)
        if content is None:
            return None
        if not isinstance(content, Content):
            content = Content(content)
        return content.data, content.mime_type or "", _iso(content.modified)

    def store_file(self, path: Path, data: bytes) -> bool:
        return _done("StoreFile", self._store, path, data)

    def create_folder(self, path: Path) -> bool:
        return _done("CreateFolder", self._create, path)

    def delete_item(self, path: Path) -> bool:
        return _done("DeleteItem", self._delete, path)


def _method(collection: object, name: str) -> Callable[..., Any] | None:
    method = getattr(collection, name, None)
    return method if callable(method) else None


def _entry(name: object, entry: object) -> tuple[str, bool, int | None, str, str]:
    if not isinstance(name, str) or not name or "/" in name:
        raise ValueError(f"{name!r} is no name of a file or folder")
    if isinstance(entry, File):
        if entry.size is not None and (not isinstance(entry.size, int) or entry.size < 0):
            raise ValueError(
                f"the size of {name!r} is a number of bytes or None, not {entry.size!r}"
            )
        return name, True, entry.size, entry.mime_type or "", _iso(entry.modified)
    if isinstance(entry, Folder):
        return name, False, None, "", _iso(entry.modified)
    raise TypeError(f"{name!r} in a folder is a File or a Folder, not {type(entry).__name__}")


def _done(name: str, method: Callable[..., Any] | None, path: Path, *more: object) -> bool:
    if method is None or not path:
        return False
    answer = method(path, *more)
    if answer is not None and not isinstance(answer, bool):
        raise TypeError(
            f"{name} returns False to refuse, True or nothing where it is done, not "
            f"{type(answer).__name__}"
        )
    return answer is not False


def _iso(moment: datetime | None) -> str:
    """As Boost reads it: basic ISO format, in UTC."""
    if moment is None:
        moment = datetime.now(UTC)
    elif moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.strftime("%Y%m%dT%H%M%S,%f")
