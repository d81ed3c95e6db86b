# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types of REST handlers, of filters of HTTP requests, and of what both are called with.

::

    from typing import Unpack

    def OnEcho(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
        if request["method"] == "GET":
            output.AnswerBuffer(request["get"].get("text", ""), "text/plain")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, Protocol, TypedDict, Unpack

if TYPE_CHECKING:
    import orthanc


class RestRequest(TypedDict):
    """The keyword arguments of a REST handler; which of the last three there are depends on the
    request."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    groups: tuple[str, ...]
    """What the groups of the pattern have matched; empty for one that took no part."""
    headers: dict[str, str]
    """Names are in lower case."""
    get: NotRequired[dict[str, str]]
    """Arguments behind the question mark: GET alone. Of several with one name the last one."""
    body: NotRequired[bytes]
    """POST and PUT alone."""
    authenticationPayload: NotRequired[bytes]
    """What the callback of ``RegisterHttpAuthentication`` has returned beside its verdict."""


class RestHandler(Protocol):
    """What ``RegisterRestCallback`` takes; what it returns is ignored."""

    def __call__(
        self, output: orthanc.RestOutput, uri: str, /, **request: Unpack[RestRequest]
    ) -> object: ...


class FilteredRequest(TypedDict):
    """The keyword arguments of a filter of HTTP requests."""

    method: orthanc.HttpMethod
    ip: str
    """Of the client."""
    headers: dict[str, str]
    """Names are in lower case."""
    get: NotRequired[dict[str, str]]
    """Arguments behind the question mark: GET alone."""


class HttpRequestFilter(Protocol):
    """What ``RegisterIncomingHttpRequestFilter`` takes: False forbids the request."""

    def __call__(self, uri: str, /, **request: Unpack[FilteredRequest]) -> bool: ...
