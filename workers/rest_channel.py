# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The other roads of ``rest`` in a worker: the channel, or HTTP as long as there is room.

The channel is a CALL, as of the SDK's CallRestApi, so it needs no HTTP thread of Orthanc and works
without its HTTP server. The answer is that of the HTTP server, as far as the SDK tells it.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Mapping
from email.message import Message
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import InvalidURL
from urllib3 import HTTPResponse

from orthanc_runtime.rest_http import NoHttpThreadError
from orthanc_runtime.role import RestAccess, Transport

from .calls import Calls, Data

METHODS = {"GET": 1, "POST": 2, "PUT": 3, "DELETE": 4}
UNKNOWN_RESOURCE = 17
# OrthancPluginErrorCode of what is not answered with 500, as Orthanc's HTTP server translates it.
_STATUSES = {
    400: (3, 5, 8, 12, 15, 28, *range(2019, 2026)),
    401: (29,),
    404: (7, 13, 17, 21),
    406: (34,),
    409: (43,),
    415: (3000,),
    416: (41,),
    503: (36, 42),
}
_STATUS = {code: status for status, codes in _STATUSES.items() for code in codes}
# About a connection, or about an encoding that nobody would use here.
_NOT_SENT = frozenset({"accept-encoding", "connection", "transfer-encoding"})
_NOT_RECEIVED = frozenset({"connection"})


class Channel(HTTPAdapter):
    """Requests as calls of the SDK. Nothing goes over a network, so timeouts have no meaning."""

    def __init__(self, calls: Calls, describe_errors: bool) -> None:
        super().__init__()
        self._calls = calls
        self._describe = describe_errors

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: ARG002 - the answer comes as a whole
        timeout: Any = None,  # noqa: ARG002
        verify: bool | str = True,  # noqa: ARG002
        cert: Any = None,  # noqa: ARG002
        proxies: Any = None,  # noqa: ARG002
    ) -> requests.Response:
        method, path, uri = _target(request)
        body = _body(request.body)
        number = METHODS.get(method)
        if number is None:
            return self._answer(request, 405, {"Allow": ",".join(METHODS)}, b"")
        head = (number, uri, _headers(request, body), len(body))
        found, answer = self._calls.call("RestRequest", *head, parts=[body])
        code, text, details, status, headers, _ = found
        if code == UNKNOWN_RESOURCE and details is None:
            # An answer without a body that is not 200: the SDK does not tell more.
            return self._answer(request, HTTPStatus.NOT_FOUND, {}, b"")
        if code != 0:
            answer = self._description(method, path, code, text, details)
            return self._answer(request, _status(code), {}, answer)
        received = json.loads(headers) if headers else {}
        if status == HTTPStatus.NOT_FOUND and not received and not answer:
            answer = self._description(method, path, UNKNOWN_RESOURCE, "Unknown resource", None)
        return self._answer(request, status, received, answer)

    def _description(
        self, method: str, path: str, code: int, text: str, details: str | None
    ) -> bytes:
        """As Orthanc's HTTP server writes it."""
        if not self._describe:
            return b""
        status = _status(code)
        described: dict[str, Any] = {} if details is None else {"Details": details}
        described |= {
            "HttpError": HTTPStatus(status).phrase,
            "HttpStatus": status,
            "Message": text,
            "Method": method,
            "OrthancError": text,
            "OrthancStatus": code,
            "Uri": path,
        }
        return (json.dumps(described, indent="\t", separators=(",", " : ")) + "\n").encode()

    def _answer(
        self,
        request: requests.PreparedRequest,
        status: int,
        headers: Mapping[str, str],
        body: Data,
    ) -> requests.Response:
        kept = {k.title(): v for k, v in headers.items() if k.lower() not in _NOT_RECEIVED}
        kept["Content-Length"] = str(len(body))
        response = HTTPResponse(
            body=io.BytesIO(body),
            headers=kept,
            status=status,
            reason=_phrase(status),
            preload_content=False,
            original_response=_Original(kept),  # type: ignore[arg-type]
            request_method=request.method,
        )
        return self.build_response(request, response)


class Auto(BaseAdapter):
    """HTTP as long as Orthanc has threads to spare for it, else the channel."""

    def __init__(self, calls: Calls, http: BaseAdapter, channel: BaseAdapter) -> None:
        super().__init__()
        self._calls = calls
        self._http = http
        self._channel = channel

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *arguments: Any, **more: Any
    ) -> requests.Response:
        calls = self._calls
        if calls.is_forked:
            # In a child of the worker nobody can be asked.
            return self._http.send(request, stream, *arguments, **more)
        reserved, _ = calls.call("ReserveHttpThread")
        if reserved is None:
            self._http.close()  # an idle connection keeps a thread from a client
            return self._channel.send(request, stream, *arguments, **more)
        thread = _HttpThread(calls, reserved)
        try:
            response = self._http.send(request, stream, *arguments, **more)
            if stream:
                _keep_until_closed(response, thread)
                return response
            response.content  # noqa: B018 - the connection is in use until it has been read
        except NoHttpThreadError:
            thread.release()
            return self._channel.send(request, stream, *arguments, **more)
        except BaseException:
            thread.release()
            raise
        thread.release()
        return response

    def close(self) -> None:
        self._http.close()
        self._channel.close()


class Strict(BaseAdapter):
    """HTTP, but where Orthanc might wait for this very worker: there the channel."""

    def __init__(self, calls: Calls, http: BaseAdapter, channel: BaseAdapter) -> None:
        super().__init__()
        self._calls = calls
        self._http = http
        self._channel = channel

    def send(
        self, request: requests.PreparedRequest, *arguments: Any, **more: Any
    ) -> requests.Response:
        # In a child of the worker nobody can be asked.
        by_http = self._calls.is_forked or self._calls.call("MayUseHttp")[0]
        return (self._http if by_http else self._channel).send(request, *arguments, **more)

    def close(self) -> None:
        self._http.close()
        self._channel.close()


class _HttpThread:
    """One of Orthanc's, reserved for a connection."""

    def __init__(self, calls: Calls, number: int) -> None:
        self._calls = calls
        self._numbers = [number]

    def release(self) -> None:
        if self._numbers:
            self._calls.drop(self._numbers.pop())
            self._calls.free_dropped()

    def __del__(self) -> None:
        # As for Held: it may run anywhere, so that the next call tells Orthanc.
        if self._numbers:
            self._calls.drop(self._numbers.pop())


def adapter_of(
    access: RestAccess, http: Callable[[bool], BaseAdapter], calls: Calls
) -> BaseAdapter:
    """The road that ``RestTransport`` says."""
    channel = Channel(calls, access.describe_errors)
    if access.transport is Transport.HTTP:
        return Strict(calls, http(False), channel)
    if access.transport is Transport.CHANNEL or not access.url:
        return channel
    return Auto(calls, http(True), channel)


def _keep_until_closed(response: requests.Response, thread: _HttpThread) -> None:
    close = response.close

    def close_and_release() -> None:
        close()
        thread.release()

    response.close = close_and_release  # type: ignore[method-assign]


def _target(request: requests.PreparedRequest) -> tuple[str, str, str]:
    """Method, path, and what the SDK takes: like Orthanc's HTTP server, a query for GET only."""
    method = (request.method or "GET").upper()
    parts = urlsplit(request.url or "")
    path = unquote(str(parts.path), errors="surrogateescape").replace("?", "%3F")
    if "\0" in path:
        raise InvalidURL("a NUL character in the path", request=request)
    uri = f"{path}?{parts.query}" if parts.query and method == "GET" else path
    return method, path, uri


def _headers(request: requests.PreparedRequest, body: Data) -> dict[str, str]:
    headers = {"host": str(urlsplit(request.url or "").netloc)}
    for name, value in request.headers.items():
        text = value if isinstance(value, str) else value.decode("latin-1")
        if name.lower() not in _NOT_SENT:
            headers[name.lower()] = text
    if body:
        headers["content-length"] = str(len(body))
    return headers


def _body(body: Any) -> Data:
    """What requests takes: text, bytes, a file, or an iterable of pieces."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return body
    if hasattr(body, "read"):
        read = body.read()
        return read.encode() if isinstance(read, str) else bytes(read)
    pieces: Iterable[Any] = body
    return b"".join(piece.encode() if isinstance(piece, str) else piece for piece in pieces)


def _status(code: int) -> int:
    return _STATUS.get(code, HTTPStatus.INTERNAL_SERVER_ERROR)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class _Original:
    """Where requests looks for cookies."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.msg = Message()
        for name, value in headers.items():
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """There is no connection."""
