# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of ``rest`` into Orthanc, from Orthanc's configuration."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from typing import Any

import pytest

from orthanc_runtime.errors import SettingsError
from orthanc_runtime.rest_access import rest_access
from orthanc_runtime.role import RestAccess, Transport
from orthanc_runtime.settings import WorkerSettings

pytestmark = pytest.mark.unit

DER = bytes(range(256))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    first, second = (ssl.DER_cert_to_PEM_cert(der) for der in (DER, DER[::-1]))
    (tmp_path / "certificate.pem").write_text(key + first + second)
    (tmp_path / "key.pem").write_text(key)
    return tmp_path


def access(
    folder: Path = Path("/nowhere"), workers: WorkerSettings | None = None, **configuration: Any
) -> RestAccess:
    return rest_access(configuration, workers or WorkerSettings(), "Bearer x", folder, [])


def refused(*arguments: Any, **configuration: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        access(*arguments, **configuration)
    return str(caught.value)


def test_defaults() -> None:
    expected = RestAccess("http://127.0.0.1:8042", "Bearer x", None, None, Transport.AUTO)
    assert access() == expected


def test_the_token_is_not_shown() -> None:
    assert "Bearer" not in repr(access())


@pytest.mark.parametrize(
    ("addresses", "host"),
    [
        ([], "127.0.0.1"),
        (["0.0.0.0"], "127.0.0.1"),  # noqa: S104
        (["::"], "[::1]"),
        (["10.0.0.5"], "10.0.0.5"),
        (["10.0.0.5", "127.0.0.1"], "127.0.0.1"),
        (["10.0.0.5", "::"], "[::1]"),
        (["fe80::1"], "[fe80::1]"),
    ],
)
def test_bind_addresses(addresses: list[str], host: str) -> None:
    url = access(HttpPort=8043, HttpBindAddresses=addresses).url
    assert url == f"http://{host}:8043"


def test_tls_pins_the_first_certificate(folder: Path) -> None:
    found = access(folder, SslEnabled=True, SslCertificate="certificate.pem")
    assert found.url == "https://127.0.0.1:8042"
    assert found.fingerprint == hashlib.sha256(DER).hexdigest()


@pytest.mark.parametrize("name", ["absent.pem", "key.pem"])
def test_certificate_that_is_none(folder: Path, name: str) -> None:
    assert f"SslCertificate {folder / name}" in refused(
        folder, SslEnabled=True, SslCertificate=name
    )


def test_peers_that_are_verified_need_a_certificate(folder: Path) -> None:
    tls = {"SslEnabled": True, "SslVerifyPeers": True}
    message = refused(folder, **tls)
    assert "SslVerifyPeers is true" in message
    assert "RestClientCertificate" in message
    workers = WorkerSettings(rest_client_certificate="certificate.pem", rest_client_key="key.pem")
    found = access(folder, workers, **tls)
    assert found.certificate == (str(folder / "certificate.pem"), str(folder / "key.pem"))


def test_half_a_client_certificate(folder: Path) -> None:
    workers = WorkerSettings(rest_client_certificate="certificate.pem")
    assert "RestClientKey is missing" in refused(folder, workers)
    workers = WorkerSettings(rest_client_certificate="absent.pem", rest_client_key="key.pem")
    assert "absent.pem cannot be read" in refused(folder, workers)


def test_rest_url_overrides(folder: Path) -> None:
    workers = WorkerSettings(rest_url="https://orthanc.example:8443/path/")
    found = access(folder, workers)
    assert found.url == "https://orthanc.example:8443/path"
    assert found.fingerprint is None


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8042", "ftp://x", "http://", "http://u@x", "http://x:y"]
)
def test_rest_url_that_is_none(url: str) -> None:
    assert "Python.Workers.RestUrl" in refused(Path(), WorkerSettings(rest_url=url))


def test_without_http_server() -> None:
    assert access(HttpServerEnabled=False).url == ""


def test_slow_connections_are_warned_of() -> None:
    warnings: list[str] = []
    rest_access({"TcpNoDelay": False}, WorkerSettings(), "", Path(), warnings)
    assert "TcpNoDelay" in warnings[0]


def test_port_that_is_none() -> None:
    assert "HttpPort" in refused(HttpPort=70000)
