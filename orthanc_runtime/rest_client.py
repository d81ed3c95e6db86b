# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest``: Orthanc's REST API as a :class:`requests.Session`.

One session serves all threads: it keeps no cookies, and its connections come from a pool that
is made for that. It can reach Orthanc and nothing else, so the token, a master key, cannot
leave by an absolute URL or a redirect.
"""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import InvalidURL
from requests.sessions import merge_setting
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from . import role
from .role import RestAccess, Transport

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 300.0
# Orthanc drops a connection after a second without a request. A younger one is not about to be
# dropped, so that no request is sent into a connection that is being closed.
MAXIMUM_IDLE = 0.5
IDLE_CONNECTIONS = 16
# Where Orthanc has no HTTP server, and requests go through the channel.
WITHOUT_SERVER = "http://localhost"
_NO_SERVER = (
    "rest needs Orthanc's HTTP server, but HttpServerEnabled is false: use orthanc.RestApiGet and "
    "its family"
)
# Quick, and without effect.
FIRST_QUESTION = "/tools/now"
FIRST_ANSWER = 0.2  # seconds
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


def _query(params: Mapping[Any, Any] | Iterable[tuple[Any, Any]]) -> str:
    """With %20 for a space instead of +, which some Orthancs hand to handlers as it is."""
    pairs = params.items() if isinstance(params, Mapping) else params
    values = [(key, value if _is_several(value) else [value]) for key, value in pairs]
    given = [(key, value) for key, several in values for value in several if value is not None]
    return urlencode(given, quote_via=quote)


def _is_several(value: object) -> bool:
    """As in requests: sets and generators, too."""
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))


class Rest(requests.Session):
    """A session whose URLs begin at Orthanc: ``rest.get("/instances").json()``.

    Everything else is as in requests, but for the default timeouts: 5 seconds to connect, 300
    to wait for the next bytes of an answer; ``rest.timeout`` changes them. Errors are those of
    requests, and RuntimeError outside Orthanc.
    """

    def __init__(
        self,
        access: Callable[[], RestAccess],
        adapter: Callable[[RestAccess, Callable[[bool], BaseAdapter]], BaseAdapter] | None = None,
    ) -> None:
        super().__init__()
        self._find_access = access
        self._choose_adapter = adapter
        self._access: RestAccess | None = None
        self._lock = threading.Lock()
        self.timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT)
        # Proxies and .netrc of the environment are about other servers.
        self.trust_env = False
        self.auth = self._authorize
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.adapters.clear()
        # A connection must not be shared by two processes.
        os.register_at_fork(after_in_child=self._forget)

    @property
    def url(self) -> str:
        """Where the REST API begins, without a slash at the end.

        Raises RuntimeError where Orthanc has no HTTP server.
        """
        url = self._open().url.rstrip("/")
        if not url:
            raise RuntimeError(_NO_SERVER)
        return url

    @property
    def token(self) -> str:
        """The value of the ``Authorization`` header, for other clients."""
        return self._open().token

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        params = merge_setting(request.params, self.params)  # type: ignore[no-untyped-call]
        if params and not isinstance(params, (str, bytes)):
            request.params = _query(params)
        url = request.url
        if isinstance(url, bytes):
            url = url.decode()
        base = self._base()
        if not url.lower().startswith(("http://", "https://")):
            request.url = f"{base}/{url.removeprefix('/')}"
        return super().prepare_request(request)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        # Redirects come through here, too.
        if not self._is_own(request.url):
            raise InvalidURL(
                f"rest reaches only Orthanc at {self._base()}, not {_origin(request.url)}: "
                "use requests itself for other servers",
                request=request,
            )
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.timeout
        return super().send(request, **kwargs)

    def _open(self) -> RestAccess:
        access = self._find_access()
        if access == self._access:
            return access
        if not access.url and (self._choose_adapter is None or access.transport is Transport.HTTP):
            raise RuntimeError(_NO_SERVER)
        with self._lock:
            adapter = self._adapter(access)
            # `send` lets nothing but Orthanc's own URLs reach them.
            self.adapters = OrderedDict({"http://": adapter, "https://": adapter})
            self._access = access
        return access

    def _adapter(self, access: RestAccess) -> BaseAdapter:
        if self._choose_adapter is None:
            return Http(access)
        return self._choose_adapter(access, lambda asks_first: Http(access, asks_first))

    def _base(self) -> str:
        return self._open().url.rstrip("/") or WITHOUT_SERVER

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._access = None

    def _is_own(self, url: str | None) -> bool:
        return _origin(url) == _origin(self._base())

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._is_own(request.url):
            request.headers.setdefault("Authorization", self.token)
        return request


class NoHttpThreadError(Exception):
    """Orthanc has no HTTP thread left for a new connection; nothing has been asked of it."""


class Http(HTTPAdapter):
    """Requests over HTTP.

    With ``asks_first`` a new connection is of use only once Orthanc has answered on it, within
    ``FIRST_ANSWER``: from then on it has an HTTP thread of its own, and no request can wait in
    vain for one. Raises NoHttpThreadError otherwise.
    """

    def __init__(self, access: RestAccess, asks_first: bool = False) -> None:
        self._access = access
        self._asks_first = asks_first
        super().__init__(pool_connections=1, pool_maxsize=IDLE_CONNECTIONS)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        if self._access.fingerprint:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            # The certificate itself is pinned; who signed it, and for which name, says less.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            if self._access.certificate is not None:
                certificate = self._access.certificate
                files = (certificate,) if isinstance(certificate, str) else certificate
                context.load_cert_chain(*files)
            pool_kwargs["ssl_context"] = context
            pool_kwargs["assert_fingerprint"] = self._access.fingerprint
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        plain, secure = _Pool, _SecurePool
        if self._asks_first:
            token = self._access.token

            class AskingPool(_Pool):
                ConnectionCls = _asking(_Ageing, token)

                def _validate_conn(self, conn: Any) -> None:
                    # before a request has begun; HTTPSConnectionPool does so, too
                    if conn.is_closed:
                        conn.connect()

            class AskingSecurePool(_SecurePool):
                ConnectionCls = _asking(_AgeingSecure, token)

            plain, secure = AskingPool, AskingSecurePool
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": secure}

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        if self._access.fingerprint:
            verify, cert = False, None  # the context above does both
        elif cert is None:
            cert = self._access.certificate
        try:
            return super().send(request, stream, timeout, verify, cert, proxies)
        except requests.ConnectionError as error:
            if request.method not in REPEATABLE or not _was_dropped(error):
                raise
        return super().send(request, stream, timeout, verify, cert, proxies)


def _was_dropped(error: BaseException | None) -> bool:
    """The peer closed the connection without an answer."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, (ConnectionResetError, BrokenPipeError)):
            return True  # http.client's RemoteDisconnected is one of the former
        reasons = [argument for argument in error.args if isinstance(argument, BaseException)]
        error = reasons[-1] if reasons else error.__cause__ or error.__context__
        seen += 1
    return False


class _Ageing(HTTPConnection):
    """Counts as disconnected once it has been idle for too long."""

    _used = 0.0

    @property
    def is_connected(self) -> bool:
        return time.monotonic() - self._used < MAXIMUM_IDLE and super().is_connected

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._used = time.monotonic()
        return response


class _AgeingSecure(_Ageing, HTTPSConnection):
    pass


def _asking(connection: type[Any], token: str) -> type[Any]:
    """A connection on which Orthanc has answered."""

    class Asking(connection):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            usual = self.sock.gettimeout()
            try:
                self.sock.settimeout(FIRST_ANSWER)
                self.request("GET", FIRST_QUESTION, headers={"Authorization": token})
                answer = self.getresponse()
                answer.read()
                kept = self.sock is not None
            except OSError:  # TimeoutError is one
                kept = False
            if not kept:
                self.close()
                raise NoHttpThreadError
            self.sock.settimeout(usual)

    return Asking


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Ageing


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _AgeingSecure


def _origin(url: str | bytes | None) -> str:
    """``scheme://host:port`` of a URL, for comparison and for messages."""
    text = url.decode() if isinstance(url, bytes) else url or ""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if ":" in host:
        host = f"[{host}]"
    default = {"http": 80, "https": 443}.get(parts.scheme)
    suffix = "" if port in (None, default) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


rest = Rest(
    lambda: role.current().rest_access(),
    lambda access, http: role.current().rest_adapter(access, http),
)
