# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and clients of HTTP, chunked routes, WebDAV, metrics, audit logs."""

from __future__ import annotations

from codegen.overrides import Overrides, hand, internal

_FILTER = """\
Register a filter of incoming HTTP requests.

It is called as callback(uri, method=..., ip=..., headers=..., get=...), the latter for GET only, \
and returns True or False, which answers 403. Anything else, or an exception, is logged and \
answers 500. All filters run, in the order of their registration; one that returns False decides. \
Requests that carry a token of GenerateRestApiAuthorizationToken() pass without being filtered."""

_AUTHENTICATION = """\
Register the callback that authenticates HTTP requests, in place of Orthanc's own authentication.

It is called as callback(uri, ip=..., headers=..., get=...) and returns \
HttpAuthenticationStatus.GRANTED, or (HttpAuthenticationStatus.GRANTED, payload), where payload, \
str or bytes, reaches REST callbacks as request["authenticationPayload"]; \
HttpAuthenticationStatus.UNAUTHORIZED (401); HttpAuthenticationStatus.FORBIDDEN (403); or \
(HttpAuthenticationStatus.REDIRECT, path), where path is relative to the root of Orthanc's Web \
server. Anything else, a plain number for example, or an exception, answers 500.

Requests that carry a token of GenerateRestApiAuthorizationToken() are granted without a call. \
Raises RuntimeError where there is a callback already, OrthancException where another plugin has \
one."""

_AUDIT_LOG_HANDLER = """\
Register a handler of audit logs, which plugins emit by EmitAuditLog().

It is called as callback(source_plugin, user_id, resource_type, resource_id, action, log_data) \
with log_data as bytes, on the thread that emits. All handlers run, in the order of their \
registration; what they raise is logged."""

_EMIT_AUDIT_LOG = """\
Give an audit log to the handlers of all plugins.

Raises OrthancException in a handler of audit logs: Orthanc would wait for itself."""

_REFRESH_METRICS = """\
Register a function that updates metrics, by SetMetricsValue() for example, before Orthanc shows \
them.

All of them run, in the order of their registration; what they raise is logged."""

_CHUNKED_ROUTE = """\
Serve the URIs that a regular expression matches as a whole, and read uploads chunk by chunk.

get and delete are called as those of RegisterRestCallback(). post and put are called as \
callback(uri, **request), without a body, and return an object with the methods AddChunk(chunk) \
and Execute(output), see orthanc_runtime.uploads. One that raises refuses the upload. Calls by \
RestApiPost() and RestApiPut() do not reach them. A method without a callback answers 405.

Raises ValueError for a bad regular expression, or where there is no callback at all, TypeError \
for callbacks that are offloaded or cannot be called."""

_CHUNKED_CLIENT = """\
Issue an HTTP request whose bodies need not fit into memory.

body is str, bytes-like, or an iterable of these, which is read while it is sent. answerAddChunk \
is called with each chunk (bytes) of the answer, which is collected otherwise; answerAddHeader \
with name and value of each header. What these functions raise ends the request and is raised \
here. timeout is in seconds, 0 is the configured one.

Returns the body of the answer, its headers, and the status. Raises OrthancException where there \
is no answer, and for a status from 400 on, ValueError for a body where the method is GET or \
DELETE."""

_WEBDAV = """\
Serve a virtual folder by WebDAV; orthanc_runtime.webdav says what a collection is.

Raises RuntimeError once the script has been imported: Orthanc looks for collections only when it \
starts. Raises ValueError for a bad or taken URI, TypeError for an object that lacks ListFolder or \
RetrieveFile."""

_AUTHORIZATION = """\
A value of the HTTP header Authorization that opens the whole REST API as long as Orthanc runs, \
also where a script authenticates requests by RegisterHttpAuthentication()."""

HTTP = Overrides(
    functions={
        "ChunkedHttpClient": hand(
            "(method: HttpMethod | int, url: str, headers: Mapping[str, str] | None = None, "
            "body: str | Buffer | Iterable[str | Buffer] | None = None, "
            "answerAddChunk: Callable[[bytes], object] | None = None, "
            "answerAddHeader: Callable[[str, str], object] | None = None, "
            "username: str | None = None, password: str | None = None, timeout: int = 0, "
            "certificateFile: str | None = None, certificateKeyFile: str | None = None, "
            "certificateKeyPassword: str | None = None, pkcs11: int = 0"
            ") -> tuple[bytes, dict[str, str], int]",
            text=_CHUNKED_CLIENT,
        ),
        "EmitAuditLog": hand(
            "(sourcePlugin: str, userId: str, resourceType: ResourceType | int, resourceId: str, "
            "action: str, logData: str | Buffer | None, /) -> None",
            text=_EMIT_AUDIT_LOG,
        ),
        "GenerateRestApiAuthorizationToken": hand("() -> str", text=_AUTHORIZATION),
        "RegisterAuditLogHandler": hand(
            "(callback: Callable[[str, str, ResourceType, str, str, bytes], object], /) -> None",
            text=_AUDIT_LOG_HANDLER,
        ),
        "RegisterChunkedRestCallback": hand(
            "(pattern: str, get: orthanc_runtime.rest_request.RestHandler | None = None, "
            "post: Callable[..., orthanc_runtime.uploads.UploadReader] | None = None, "
            "delete: orthanc_runtime.rest_request.RestHandler | None = None, "
            "put: Callable[..., orthanc_runtime.uploads.UploadReader] | None = None) -> None",
            text=_CHUNKED_ROUTE,
        ),
        "RegisterHttpAuthentication": hand(
            "(callback: Callable[..., HttpAuthenticationStatus | "
            "tuple[HttpAuthenticationStatus, str | Buffer | None]], /) -> None",
            text=_AUTHENTICATION,
        ),
        "RegisterIncomingHttpRequestFilter": internal(
            "deprecated: the function of this name in Python is the second one, which also knows "
            "the arguments of GET"
        ),
        "RegisterIncomingHttpRequestFilter2": hand(
            "(callback: orthanc_runtime.rest_request.HttpRequestFilter, /) -> None",
            name="RegisterIncomingHttpRequestFilter",
            text=_FILTER,
        ),
        "RegisterRefreshMetricsCallback": hand(
            "(callback: Callable[[], object], /) -> None", text=_REFRESH_METRICS
        ),
        "RegisterWebDavCollection": hand(
            "(uri: str, collection: orthanc_runtime.webdav.Collection, /) -> None", text=_WEBDAV
        ),
    },
    nullable=frozenset(
        (name, "body")
        for name in ("CallPeerApi", "CallRestApi", "HttpClient", "HttpPost", "HttpPut")
    ),
)
