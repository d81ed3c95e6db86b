# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""RegisterWebDavCollection: folders of the script, asked by a WebDAV client."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from launcher import Launcher
from sdk_version import sdk_under_test
from server import OrthancServer
from webdav_client import Found, WebDavClient
from webdav_script import SCRIPT

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


@pytest.fixture(scope="module")
def server(shared_orthanc: Launcher) -> OrthancServer:
    return shared_orthanc(SCRIPT)


@pytest.fixture
def tree(server: OrthancServer) -> WebDavClient:
    return WebDavClient(server, "/tree")


def test_listing_a_folder(server: OrthancServer) -> None:
    client = WebDavClient(server, "/read-only")
    found = client.find()
    assert set(found) == {"", "hello.txt", "a folder", "röntgen"}
    assert {name for name, entry in found.items() if entry.is_folder} == {"", "a folder", "röntgen"}
    hello = found["hello.txt"]
    assert (hello.size, hello.mime_type) == (5, "text/plain")
    assert hello.modified is not None
    assert hello.modified.startswith("2026-01-02T01:04:05")
    assert set(client.find(depth=0)) == {""}
    assert set(client.find("/a folder")) == {"", "b.bin"}
    assert set(client.find("/röntgen")) == {""}
    assert client.status("PROPFIND", "/nowhere", headers={"Depth": "1"}) == 404


def test_a_single_file(server: OrthancServer) -> None:
    client = WebDavClient(server, "/read-only")
    answer = client.request("PROPFIND", "/hello.txt", headers={"Depth": "0"})
    assert answer.status_code == 207
    assert b"/read-only/hello.txt" in answer.content
    got = client.request("GET", "/hello.txt")
    assert (got.status_code, got.content) == (200, b"hello")
    assert got.headers["Content-Type"] == "text/plain"
    assert client.request("GET", "/a folder/b.bin").content == b"\0\xff"
    assert client.status("HEAD", "/hello.txt") == 200
    assert client.status("GET", "/nowhere.txt") == 404


def test_what_a_collection_may_say_about_its_files(server: OrthancServer) -> None:
    client = WebDavClient(server, "/contents")
    found = client.find()
    moment = found["x.dat"].modified
    assert found["x.dat"] == Found(False, 3, "application/dicom", moment)
    assert moment is not None
    assert moment.startswith("2026-01-02T01:04:05")
    assert found["now"].modified is not None
    assert found["folder"].is_folder
    got = client.request("GET", "/x.dat")
    assert got.content == "déjà".encode()
    assert got.headers["Content-Type"] == "application/dicom"
    assert got.headers["Last-Modified"].startswith("2026-01-02T01:04:05")
    assert client.request("GET", "/text.txt").headers["Content-Type"] == "text/plain"
    assert client.request("GET", "/view").content == b"view"


@pytest.mark.sdk(1, 12, 11)
def test_a_file_of_unknown_size(server: OrthancServer) -> None:
    found = WebDavClient(server, "/unknown").find()["stream"]
    assert (found.is_folder, found.size) == (False, None)


@pytest.mark.skipif(sdk_under_test() >= (1, 12, 11), reason="Orthanc knows unknown sizes")
def test_a_file_of_unknown_size_is_refused(server: OrthancServer) -> None:
    start = len(server.log)
    assert server.request("PROPFIND", "/unknown", headers={"Depth": "1"}).status_code == 500
    server.wait_log("a File of unknown size needs SDK and Orthanc 1.12.11", start=start)


def test_writing(tree: WebDavClient) -> None:
    assert tree.status("MKCOL", "/new é") == 201
    assert tree.status("PUT", "/new é/file", data=b"\0first") == 201
    assert tree.request("GET", "/new é/file").content == b"\0first"
    assert tree.status("PUT", "/new é/file", data=b"second") == 201
    assert tree.find("/new é")["file"].size == 6
    assert tree.status("PUT", "/new é/empty", data=b"") == 201
    assert tree.find("/new é")["empty"].size == 0
    assert tree.status("DELETE", "/new é/file") == 204
    assert set(tree.find("/new é")) == {"", "empty"}
    assert tree.status("DELETE", "/new é") == 204
    assert "new é" not in tree.find()


def test_writing_that_the_collection_refuses(tree: WebDavClient) -> None:
    assert tree.status("PUT", "/nowhere/file", data=b"x") == 403
    assert tree.status("MKCOL", "/nowhere/folder") == 403
    assert tree.status("DELETE", "/hello.text") == 403
    assert tree.request("GET", "/hello.txt").content == b"hello"


def test_a_collection_that_cannot_be_written(server: OrthancServer) -> None:
    client = WebDavClient(server, "/read-only")
    assert client.status("PUT", "/hello.txt", data=b"x") == 403
    assert client.status("MKCOL", "/folder") == 403
    assert client.status("DELETE", "/hello.txt") == 403
    assert client.request("GET", "/hello.txt").content == b"hello"


def test_what_file_managers_ask_first(tree: WebDavClient) -> None:
    options = tree.request("OPTIONS")
    assert options.status_code == 200
    assert options.headers["DAV"] == "1,2"
    assert "PROPFIND" in options.headers["Allow"]
    assert tree.status("LOCK", "/hello.txt") == 201
    assert tree.status("UNLOCK", "/hello.txt") == 204


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "MKCOL", "DELETE"])
@pytest.mark.parametrize("path", ["/tree", "/tree/"])
def test_the_collection_itself_is_no_file(server: OrthancServer, method: str, path: str) -> None:
    """Orthanc itself ends at GET and HEAD."""
    start = len(server.log)
    for agent in (BROWSER, "curl/8.14.1", None):
        assert server.request(method, path, headers={"User-Agent": agent}).status_code == 403
    if method in ("GET", "HEAD"):
        server.wait_log("/tree is a WebDAV collection, but the client seems", start=start)
    assert WebDavClient(server, "/tree").request("GET", "/hello.txt").content == b"hello"


def test_filters_of_the_script_are_still_asked(orthanc: Launcher) -> None:
    filters = "orthanc.RegisterIncomingHttpRequestFilter(lambda uri, **request: 'hello' not in uri)"
    server = orthanc(f"{SCRIPT}\n{filters}\n")
    client = WebDavClient(server, "/tree")
    assert "hello.txt" in client.find()
    assert client.status("GET", "/hello.txt") == 403
    assert client.status("GET", "/a folder/b.bin") == 200
    assert server.get("/tree").status_code == 403


def test_a_large_file_and_many_clients(tree: WebDavClient) -> None:
    content = hashlib.sha256(b"").digest() * (2 << 20)  # 64 MiB
    assert tree.status("PUT", "/large", data=content) == 201
    assert tree.request("GET", "/large").content == content
    assert tree.status("DELETE", "/large") == 204
    assert tree.status("MKCOL", "/many") == 201
    with ThreadPoolExecutor(8) as executor:
        names = [f"/many/{index}" for index in range(200)]
        stored = executor.map(lambda name: tree.status("PUT", name, data=name.encode()), names)
        assert set(stored) == {201}
        got = executor.map(lambda name: tree.request("GET", name).text, names)
        assert list(got) == names
    assert len(tree.find("/many")) == 201
    assert tree.status("DELETE", "/many") == 204


@pytest.mark.parametrize(
    ("method", "root", "name", "error"),
    [
        ("PROPFIND", "/faulty", "1 << 2", "IsExistingFolder returns a bool, not int"),
        ("PROPFIND", "/faulty", "nothing", "name 'nothing' is not defined"),
        ("PROPFIND", "/listing", "[1]", "ListFolder returns a mapping of names to File or Folder"),
        ("PROPFIND", "/listing", "{'a': 5}", "'a' in a folder is a File or a Folder, not int"),
        ("PROPFIND", "/listing", "{'a'+chr(47): Folder()}", "is no name of a file or folder"),
        ("PROPFIND", "/listing", "{'a'+chr(0): Folder()}", "NUL"),
        ("PROPFIND", "/listing", "{'a': File('5')}", "the size of 'a' is a number of bytes"),
        ("PROPFIND", "/listing", "{'a': File(-1)}", "the size of 'a' is a number of bytes"),
        ("GET", "/faulty", "nothing", "name 'nothing' is not defined"),
        ("GET", "/faulty", "5", "RetrieveFile returns str, bytes, Content or None, not int"),
        ("PUT", "/faulty", "'yes'", "StoreFile returns False to refuse"),
        ("MKCOL", "/faulty", "1 - 1", "CreateFolder returns False to refuse"),
        ("DELETE", "/faulty", "nothing", "name 'nothing' is not defined"),
    ],
)
def test_faults(server: OrthancServer, method: str, root: str, name: str, error: str) -> None:
    client = WebDavClient(server, root)
    start = len(server.log)
    answer = client.request(method, "/" + name, headers={"Depth": "1"})
    assert answer.status_code in (400, 500), answer.text
    server.wait_log("Error in the WebDAV collection", start=start)
    assert error in server.log[start:]
    assert client.status("MKCOL", "/True") == 201


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("number", "TypeError: a WebDAV collection needs a method ListFolder, which int has not"),
        ("root", "ValueError: a WebDAV collection needs a URI like /name, not '/'"),
        ("relative", "ValueError: a WebDAV collection needs a URI like /name, not 'x'"),
        ("taken", "ValueError: there is a WebDAV collection at /tree already"),
        ("within", "ValueError: there is a WebDAV collection at /tree already"),
        ("empty name", "ValueError: a WebDAV collection needs a URI like /name, not '/x//y'"),
        ("nul", "ValueError: "),
        ("started", "RuntimeError: RegisterWebDavCollection works only while the script is"),
        ("handler", "RuntimeError: RegisterWebDavCollection works only while the script is"),
    ],
)
def test_refused_registrations(server: OrthancServer, name: str, error: str) -> None:
    assert json.loads(server.get("/refused").text)[name].startswith(error)
