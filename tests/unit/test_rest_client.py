# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest`` against an HTTP server of our own."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from orthanc_runtime import rest_http
from orthanc_runtime.rest_client import Rest
from orthanc_runtime.role import RestAccess

pytestmark = pytest.mark.unit

TOKEN = "Bearer 0123"  # noqa: S105


class Server(ThreadingHTTPServer):
    """Counts connections; answers with what it was asked."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.connections = 0
        self.requests: list[str] = []
        self.drop = 0
        self.redirect = ""
        self.closed = threading.Event()
        self.scheme = "http"
        if context is not None:
            self.scheme = "https"
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def get_request(self) -> tuple[Any, Any]:
        request = super().get_request()
        self.connections += 1
        return request

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.closed.set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that refuse a certificate are part of these tests."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def answer(self) -> None:
        server = self.server
        server.requests.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if server.drop:
            server.drop -= 1
            self.close_connection = True
            return
        if server.redirect and self.path == "/redirect":
            self.send_response(307)
            self.send_header("Location", server.redirect)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        text = json.dumps(
            {
                "path": self.path,
                "authorization": self.headers.get("Authorization"),
                "cookie": self.headers.get("Cookie"),
                "body": body.decode(),
            }
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Set-Cookie", "a=b")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def other() -> Iterator[Server]:
    server = Server()
    yield server
    server.shutdown()
    server.server_close()


def session(url: str, **access: Any) -> Rest:
    found = RestAccess(url, TOKEN, **access)
    return Rest(lambda: found)


def test_paths_begin_at_orthanc_and_carry_the_token(server: Server) -> None:
    rest = session(server.url + "/")
    assert (rest.url, rest.token) == (server.url, TOKEN)
    for path in ("/instances", "instances", server.url + "/instances"):
        answer = rest.get(path).json()
        assert (answer["path"], answer["authorization"]) == ("/instances", TOKEN)
    assert rest.post("/tools/find", json={"a": 1}).json()["body"] == '{"a": 1}'
    assert rest.put("/x", data="y").json()["body"] == "y"
    assert rest.delete("/x").status_code == 200
    params: dict[str, Any] = {"a": "b c", "d": ["e+", None, 1], "f": None, "g": ""}
    assert rest.get("/x", params=params).json()["path"] == "/x?a=b%20c&d=e%2B&d=1&g="
    several: dict[str, Any] = {"a": iter("bc"), "d": {"e": 1}.keys(), "f": b"g"}
    assert rest.get("/x", params=several).json()["path"] == "/x?a=b&a=c&d=e&f=g"
    assert rest.get("/x", params=[("a", "b"), ("a", "c")]).json()["path"] == "/x?a=b&a=c"
    assert rest.get("/x?y=1", params="a=b+c").json()["path"] == "/x?y=1&a=b+c"
    rest.params = {"of": "the session"}
    assert rest.get("/x").json()["path"] == "/x?of=the%20session"
    assert rest.get("/x", params={"a": 1}).json()["path"] == "/x?of=the%20session&a=1"
    rest.params = {}
    assert rest.get("//evil/x").json()["authorization"] == TOKEN
    assert server.requests[-1].endswith("/evil/x")


def test_a_base_url_may_have_a_path(server: Server) -> None:
    assert session(server.url + "/orthanc/").get("/system").json()["path"] == "/orthanc/system"


def test_no_cookies_are_kept(server: Server) -> None:
    rest = session(server.url)
    rest.get("/a")
    assert rest.get("/b").json()["cookie"] is None


def test_what_a_session_of_requests_can_be_given(server: Server) -> None:
    rest = session(server.url)
    assert rest.get("/a", cookies={"of": "a request"}).json()["cookie"] == "of=a request"
    rest.cookies["of"] = "the session"
    assert rest.get("/a").json()["cookie"] == "of=the session"
    rest.cookies.clear()
    assert rest.get("/a").json()["cookie"] is None

    rest.headers["X-Of"] = "the session"
    sent = rest.get("/a", headers={"x-of": "the request"}).request.headers
    assert sent["X-Of"] == "the request"
    assert "User-Agent" in sent
    assert rest.get("/a").request.headers["x-of"] == "the session"
    assert "x-of" not in rest.get("/a", headers={"X-Of": None}).request.headers
    rest.headers["X-Of"] = None  # type: ignore[assignment]
    assert "x-of" not in rest.get("/a").request.headers

    seen: list[str] = []
    rest.hooks["response"].append(lambda answer, **_: seen.append(f"session {answer.status_code}"))
    rest.get("/a", hooks={"response": [lambda answer, **_: seen.append(answer.url)]})
    rest.get("/a")
    # As in requests, the hooks of a request take the place of those of the session.
    assert seen == [f"{server.url}/a", "session 200"]
    assert rest.get("/a", auth=("user", "word")).json()["authorization"].startswith("Basic ")


def test_proxies_and_netrc_are_ignored(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert session(server.url).get("/").json()["authorization"] == TOKEN


@pytest.mark.parametrize("template", ["{other}/x", "http://localhost:{port}/x", "http://example/x"])
def test_other_servers_are_refused(server: Server, other: Server, template: str) -> None:
    url = template.format(other=other.url, port=server.server_address[1])
    with pytest.raises(requests.exceptions.InvalidURL, match="reaches only Orthanc"):
        session(server.url).get(url)
    assert (server.requests, other.requests) == ([], [])


def test_a_prepared_request_to_another_server_is_refused(server: Server, other: Server) -> None:
    rest = session(server.url)
    prepared = rest.prepare_request(requests.Request("GET", "/x"))
    assert prepared.headers["Authorization"] == TOKEN
    prepared.url = other.url + "/x"
    with pytest.raises(requests.exceptions.InvalidURL, match="reaches only Orthanc"):
        rest.send(prepared)
    assert other.requests == []


def test_redirects_stay_at_orthanc(server: Server, other: Server) -> None:
    rest = session(server.url)
    server.redirect = "/target"
    assert rest.get("/redirect").json() == {
        "path": "/target",
        "authorization": TOKEN,
        "cookie": None,
        "body": "",
    }
    server.redirect = other.url + "/target"
    with pytest.raises(requests.exceptions.InvalidURL, match="reaches only Orthanc"):
        rest.get("/redirect")
    assert other.requests == []


def test_the_token_is_in_no_text(server: Server) -> None:
    rest = session(server.url)
    rest.get("/")
    texts = [repr(rest), repr(rest.headers), repr(vars(rest)), repr(RestAccess("", TOKEN))]
    assert not [text for text in texts if TOKEN in text]


def test_connections_are_kept_and_renewed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    rest = session(server.url)
    for _ in range(3):
        rest.get("/")
    assert server.connections == 1
    monkeypatch.setattr(rest_http, "MAXIMUM_IDLE", 0.05)
    time.sleep(0.1)
    rest.post("/")
    assert server.connections == 2


def test_a_connection_that_orthanc_closed_is_not_used_again(server: Server) -> None:
    rest = session(server.url)
    closing = rest.get("/", headers={"Connection": "close"})
    assert closing.status_code == 200
    assert server.closed.wait(10)
    assert rest.post("/").status_code == 200


def test_a_dropped_get_is_repeated_once_and_a_post_never(server: Server) -> None:
    rest = session(server.url)
    server.drop = 1
    assert rest.get("/").status_code == 200
    assert len(server.requests) == 2
    for method, drops, expected in (("GET", 2, 4), ("POST", 1, 5), ("DELETE", 1, 6)):
        server.drop = drops
        with pytest.raises(requests.ConnectionError):
            rest.request(method, "/")
        assert len(server.requests) == expected


def test_default_timeouts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        rest = session(f"http://127.0.0.1:{silent.getsockname()[1]}")
        default: object = rest.timeout
        assert default == (5, 300)
        rest.timeout = (1, 0.2)
        with pytest.raises(requests.ReadTimeout):
            rest.get("/")
        with pytest.raises(requests.ReadTimeout):
            rest.post("/", timeout=0.1)


def test_many_threads_share_it(server: Server) -> None:
    rest = session(server.url)

    def ask(number: int) -> bool:
        return bool(rest.get(f"/{number}").json()["path"] == f"/{number}")

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))


def test_a_new_token_is_taken_over(server: Server) -> None:
    tokens = iter([RestAccess(server.url, "first"), RestAccess(server.url, "second")])
    access = next(tokens)
    rest = Rest(lambda: access)
    assert rest.get("/").json()["authorization"] == "first"
    access = next(tokens)
    assert rest.get("/").json()["authorization"] == "second"


def test_without_http_server_it_says_so() -> None:
    with pytest.raises(RuntimeError, match="HttpServerEnabled is false"):
        session("").get("/system")


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    subprocess.run(
        [*command.split(), "-subj", f"/CN={name}", "-out", certificate, "-keyout", key],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return certificate, key


def fingerprint(certificate: Path) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is missing")
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("server", "client", "other")}


Certificates = dict[str, tuple[Path, Path]]


def secure_server(certificates: Certificates, ask_client: bool = False) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates["server"])
    if ask_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates["client"][0])
    return Server(context)


def test_the_pinned_certificate_is_trusted(
    certificates: Certificates, recwarn: pytest.WarningsRecorder
) -> None:
    server = secure_server(certificates)
    rest = session(server.url, fingerprint=fingerprint(certificates["server"][0]))
    for path in ("/a", "/b"):
        assert rest.get(path).json() == {
            "path": path,
            "authorization": TOKEN,
            "cookie": None,
            "body": "",
        }
    assert server.connections == 1
    assert not list(recwarn)
    server.shutdown()
    server.server_close()


def test_another_certificate_is_refused_before_the_token_is_sent(
    certificates: Certificates,
) -> None:
    server = secure_server(certificates)
    rest = session(server.url, fingerprint=fingerprint(certificates["other"][0]))
    for verify in (True, False):
        with pytest.raises(requests.exceptions.SSLError, match=r"(?i)fingerprints did not match"):
            rest.get("/", verify=verify)
    unpinned = session(server.url)
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        unpinned.get("/")
    assert server.requests == []
    server.shutdown()
    server.server_close()


def test_a_client_certificate_is_shown(certificates: Certificates) -> None:
    server = secure_server(certificates, ask_client=True)
    pin = fingerprint(certificates["server"][0])
    certificate, key = certificates["client"]
    rest = session(server.url, fingerprint=pin, certificate=(str(certificate), str(key)))
    assert rest.get("/").status_code == 200
    with pytest.raises(requests.ConnectionError):
        session(server.url, fingerprint=pin).get("/")
    server.shutdown()
    server.server_close()
