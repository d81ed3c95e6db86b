# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP connections of ``rest``."""

from __future__ import annotations

import ssl
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .role import RestAccess

# Orthanc drops a connection after a second without a request. A younger one is not about to be
# dropped, so that no request is sent into a connection that is being closed.
MAXIMUM_IDLE = 0.5
IDLE_CONNECTIONS = 16
# Quick, and without effect.
FIRST_QUESTION = "/tools/now"
FIRST_ANSWER = 0.2  # seconds
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})


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
        self._connections: dict[object, Any] = {}
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

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        if proxies:
            return super().get_connection_with_tls_context(request, verify, proxies, cert)
        # All requests go to one server: what is looked for depends on these alone.
        settings = (verify, cert)
        found = self._connections.get(settings)
        if found is None:
            found = super().get_connection_with_tls_context(request, verify, proxies, cert)
            self._connections[settings] = found
        return found

    def close(self) -> None:
        self._connections.clear()
        super().close()

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
