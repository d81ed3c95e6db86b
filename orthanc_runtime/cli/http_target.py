# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The URL under test: where its requests go, and the bytes of each."""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_url import split_url

CONNECT_TIMEOUT = 5.0


@dataclass(frozen=True)
class Target:
    """One URL, ready to be asked again and again."""

    url: str  # as shown: without user and password
    host: str
    port: int
    tls: ssl.SSLContext | None
    request: bytes


def make_target(
    url: str, headers: list[tuple[str, str]], insecure: bool = False, body: bytes | None = None
) -> Target:
    """Build the request once; all requests of a target are equal. With a body they are POST."""
    parts = split_url(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = {"host": f"Host: {host}", "accept": "Accept: */*"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        token = base64.b64encode(pair.encode()).decode()
        lines["authorization"] = f"Authorization: Basic {token}"
    if body is not None:
        lines["content-length"] = f"Content-Length: {len(body)}"
    for name, value in headers:
        lines[name.lower()] = f"{name}: {value}"
    method = "GET" if body is None else "POST"
    request = "\r\n".join([f"{method} {path} HTTP/1.1", *lines.values(), "", ""])
    if " " in path or not request.isascii():
        raise CommandError(f"spaces and characters beyond ASCII must be percent-encoded: {url}")
    shown = f"{parts.scheme}://{host}{path}"
    tls = _tls(parts.scheme, insecure)
    return Target(shown, parts.hostname or "", port, tls, request.encode() + (body or b""))


def read_body(path: Path) -> bytes:
    """What a POST sends. Raises CommandError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}") from None


async def check_reachable(target: Target) -> None:
    """Fail when nobody listens, before anything is measured."""
    loop = asyncio.get_running_loop()
    opening = loop.create_connection(asyncio.Protocol, target.host, target.port, ssl=target.tls)
    try:
        transport, _ = await asyncio.wait_for(opening, CONNECT_TIMEOUT)
    except (OSError, TimeoutError) as error:
        reason = describe(error)
        raise CommandError(
            f"no connection to {target.host}:{target.port}: {reason}; is Orthanc running?"
        ) from None
    transport.close()


def describe(error: BaseException) -> str:
    """A short name for a table, the same whichever event loop words it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, ConnectionResetError):
        return "connection reset"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) or type(error).__name__


def _tls(scheme: str, insecure: bool) -> ssl.SSLContext | None:
    if scheme == "http":
        return None
    context = ssl.create_default_context()
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
