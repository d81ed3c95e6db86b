# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebDAV collections: in memory, of all kinds of content, and faulty ones."""

from __future__ import annotations

SCRIPT = r"""
import json
from datetime import datetime, timedelta, timezone

import orthanc
from orthanc_runtime.webdav import Content, File, Folder

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))

class Tree:
    "Bytes are files, dicts are folders."

    def __init__(self, root):
        self.root = root

    def find(self, path):
        assert type(path) is tuple and all(type(name) is str for name in path)
        found = self.root
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def ListFolder(self, path):
        folder = self.find(path)
        if not isinstance(folder, dict):
            return None
        return {name: Folder(MOMENT) if isinstance(entry, dict)
                else File(len(entry), modified=MOMENT)
                for name, entry in folder.items()}

    def RetrieveFile(self, path):
        found = self.find(path)
        return None if isinstance(found, dict) else found

class Writable(Tree):
    def StoreFile(self, path, data):
        assert type(data) is bytes
        return self.put(path, data)

    def CreateFolder(self, path):
        return self.put(path, {})

    def put(self, path, entry):
        folder = self.find(path[:-1])
        if not isinstance(folder, dict):
            return False
        folder[path[-1]] = entry

    def DeleteItem(self, path):
        return self.find(path[:-1]).pop(path[-1], None) is not None

def tree():
    return {"hello.txt": b"hello", "a folder": {"b.bin": b"\0\xff"}, "r\u00f6ntgen": {}}

orthanc.RegisterWebDavCollection("/tree", Writable(tree()))
orthanc.RegisterWebDavCollection("/read-only/", Tree(tree()))

class Contents:
    def IsExistingFolder(self, path):
        return path == ()

    def ListFolder(self, path):
        return {"x.dat": File(3, "application/dicom", MOMENT), "now": File(0), "folder": Folder()}

    def RetrieveFile(self, path):
        return {"x.dat": Content("d\u00e9j\u00e0", "application/dicom", MOMENT), "text.txt": "text",
                "view": memoryview(b"view")}.get(path[0])

orthanc.RegisterWebDavCollection("/contents", Contents())

class Unknown(Contents):
    def ListFolder(self, path):
        return {"stream": File(None)}

orthanc.RegisterWebDavCollection("/unknown", Unknown())

class Faulty:
    "The name of what is asked is the expression that is returned."

    def ask(self, path, *_):
        return eval(path[-1]) if path else {}

    IsExistingFolder = ListFolder = RetrieveFile = StoreFile = CreateFolder = DeleteItem = ask

orthanc.RegisterWebDavCollection("/faulty", Faulty())

class Listing(Faulty):
    def IsExistingFolder(self, path):
        return True

orthanc.RegisterWebDavCollection("/listing", Listing())

refused = {}

def refuse(name, *arguments):
    try:
        orthanc.RegisterWebDavCollection(*arguments)
    except Exception as error:
        refused[name] = f"{type(error).__name__}: {error}"

def answer_refused(output, uri, **request):
    refuse("handler", "/late", Tree({}))
    output.AnswerBuffer(json.dumps(refused), "application/json")

def on_change(change, level, resource):
    if change == orthanc.ChangeType.ORTHANC_STARTED:
        refuse("started", "/late", Tree({}))

refuse("number", "/x", 5)
refuse("root", "/", Tree({}))
refuse("relative", "x", Tree({}))
refuse("taken", "/tree/", Tree({}))
refuse("within", "/tree/folder", Tree({}))
refuse("empty name", "/x//y", Tree({}))
refuse("nul", "/x\0y", Tree({}))
orthanc.RegisterOnChangeCallback(on_change)
orthanc.RegisterRestCallback("/refused", answer_refused)
"""
