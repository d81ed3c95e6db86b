# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest``: Orthanc's REST API as a :class:`requests.Session`.

One session serves all threads: it keeps no cookies, and its connections come from a pool that
is made for that. It can reach Orthanc and nothing else, so the token, a master key, cannot
leave by an absolute URL or a redirect.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
import requests.sessions
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.exceptions import InvalidURL
from requests.structures import CaseInsensitiveDict

from . import role
from .rest_http import Http
from .role import RestAccess, Transport

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 300.0
# Where Orthanc has no HTTP server, and requests go through the channel.
WITHOUT_SERVER = "http://localhost"
_NO_SERVER = (
    "rest needs Orthanc's HTTP server, but HttpServerEnabled is false: use orthanc.RestApiGet and "
    "its family"
)


_merge_setting: Any = requests.sessions.merge_setting  # has no types, like the next one
_merge_hooks: Any = requests.sessions.merge_hooks


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
        # As in requests, without what is nearly always empty: that takes a third of the time.
        url = request.url
        if isinstance(url, bytes):
            url = url.decode()
        if not url.lower().startswith(("http://", "https://")):
            url = f"{self._base()}/{url.removeprefix('/')}"
        params = _merge_setting(request.params, self.params) if self.params else request.params
        if params and not isinstance(params, (str, bytes)):
            params = _query(params)
        request.url, request.params = url, params
        if request.cookies or len(self.cookies):
            return super().prepare_request(request)
        headers: Any = self.headers
        if request.headers or None in headers.values():
            headers = _merge_setting(request.headers, headers, CaseInsensitiveDict)
        prepared = _WithoutCookies()
        prepared.prepare(
            method=(request.method or "").upper(),
            url=url,
            files=request.files,
            data=request.data,
            json=request.json,
            headers=headers,
            params=params,
            auth=self.auth if request.auth is None else request.auth,
            hooks=_merge_hooks(request.hooks, self.hooks),
        )
        return prepared

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        if proxies or self.proxies or self.trust_env:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        return {
            "proxies": {},
            "stream": self.stream if stream is None else stream,
            "verify": self.verify if verify is None else verify,
            "cert": self.cert if cert is None else cert,
        }

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
        base = self._base()
        return (url or "").startswith(f"{base}/") or _origin(url) == _origin(base)

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._is_own(request.url):
            request.headers.setdefault("Authorization", self.token)
        return request


class _WithoutCookies(requests.PreparedRequest):
    def prepare_cookies(self, cookies: Any) -> None:  # noqa: ARG002 - there are none
        self._cookies = RequestsCookieJar()


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
