# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where and how ``rest`` reaches this Orthanc, from Orthanc's own configuration."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from orthanc_runtime.errors import SettingsError
from orthanc_runtime.role import RestAccess
from orthanc_runtime.setting_types import Boolean, Number, wrong
from orthanc_runtime.settings import WorkerSettings

DEFAULT_HTTP_PORT = 8042
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, never bound to


def rest_access(
    configuration: Mapping[str, Any],
    workers: WorkerSettings,
    token: str,
    folder: Path,
    warnings: list[str],
) -> RestAccess:
    """Work out the access; relative paths start at ``folder``, that of the configuration.

    The URL is empty where Orthanc has no HTTP server. Raises SettingsError where Orthanc's
    settings leave no way in.
    """
    describe = _boolean(configuration, "HttpDescribeErrors", True)
    if not _boolean(configuration, "HttpServerEnabled", True):
        return RestAccess("", token, transport=workers.rest_transport, describe_errors=describe)
    if not _boolean(configuration, "TcpNoDelay", True):
        warnings.append(
            "TcpNoDelay is false: each call through rest takes 40 ms longer; set it to true"
        )
    encrypted = _boolean(configuration, "SslEnabled", False)
    url = workers.rest_url or _own_url(configuration, "https" if encrypted else "http")
    url = _checked_url(url)
    certificate = _client_certificate(configuration, workers, folder, encrypted)
    fingerprint = None
    if encrypted and urlsplit(url).scheme == "https":
        name = configuration.get("SslCertificate", "certificate.pem")
        if not isinstance(name, str):
            raise wrong("SslCertificate", name, "the path of a PEM file")
        fingerprint = certificate_fingerprint(folder / name)
    return RestAccess(url, token, fingerprint, certificate, workers.rest_transport, describe)


def http_port(configuration: Mapping[str, Any]) -> int:
    """Where Orthanc's HTTP server listens; 0 where it has none. Raises SettingsError."""
    if not _boolean(configuration, "HttpServerEnabled", True):
        return 0
    port = configuration.get("HttpPort", DEFAULT_HTTP_PORT)
    return int(Number(1, 65535, whole=True).read("HttpPort", port))


def certificate_fingerprint(path: Path) -> str:
    """SHA-256 of the first certificate of a PEM file. Raises SettingsError."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise SettingsError(f"SslCertificate {path} cannot be read: {error.strerror}") from error
    _, found, rest = text.partition(begin)
    encoded, ended, _ = rest.partition(end)
    if not found or not ended:
        raise SettingsError(f"SslCertificate {path} holds no certificate in PEM format")
    try:
        decoded = base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"SslCertificate {path} is not valid PEM: {error}") from error
    return hashlib.sha256(decoded).hexdigest()


def _boolean(configuration: Mapping[str, Any], key: str, default: bool) -> bool:
    return Boolean().read(key, configuration.get(key, default))


def _own_url(configuration: Mapping[str, Any], scheme: str) -> str:
    port = http_port(configuration)
    addresses = configuration.get("HttpBindAddresses") or ["127.0.0.1"]
    if not isinstance(addresses, list) or not all(isinstance(entry, str) for entry in addresses):
        raise wrong("HttpBindAddresses", addresses, "a list of IP addresses")
    hosts = [LOOPBACK.get(address, address) for address in addresses]
    host = str(next((host for host in LOOPBACK.values() if host in hosts), hosts[0]))
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _checked_url(url: str) -> str:
    allowed = "an http or https URL such as http://127.0.0.1:8042"
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username is not None:
        raise wrong("Python.Workers.RestUrl", url, allowed)
    return url.rstrip("/")


def _client_certificate(
    configuration: Mapping[str, Any], workers: WorkerSettings, folder: Path, encrypted: bool
) -> tuple[str, str] | None:
    certificate, key = workers.rest_client_certificate, workers.rest_client_key
    required = encrypted and _boolean(configuration, "SslVerifyPeers", False)
    if certificate is None and key is None and not required:
        return None
    if certificate is None or key is None:
        missing = "RestClientCertificate" if certificate is None else "RestClientKey"
        reason = "SslVerifyPeers is true" if required else "only one of a pair is set"
        raise SettingsError(
            f"{reason}, but Python.Workers.{missing} is missing: name a certificate that "
            "SslTrustedClientCertificates accepts (RestClientCertificate) and its private key "
            "(RestClientKey), both as PEM files"
        )
    paths = {"RestClientCertificate": folder / certificate, "RestClientKey": folder / key}
    for name, path in paths.items():
        try:
            path.open("rb").close()
        except OSError as error:
            raise SettingsError(
                f"Python.Workers.{name} {path} cannot be read: {error.strerror}"
            ) from error
    return str(paths["RestClientCertificate"]), str(paths["RestClientKey"])
