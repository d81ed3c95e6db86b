# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``rest`` finds its way by Orthanc's own configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from certificate import https_environment, self_signed

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

SCRIPT = r"""
import orthanc
from orthanc_runtime import offload, rest

def ask(output, uri, **request):
    try:
        text = rest.get("/system").json()["Name"]
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
    output.AnswerBuffer(text, "text/plain")

def sdk(output, uri, **request):
    output.AnswerBuffer(orthanc.RestApiGet("/system"), "application/json")

orthanc.RegisterRestCallback("/master", ask)
orthanc.RegisterRestCallback("/worker", offload(ask))
orthanc.RegisterRestCallback("/sdk", offload(sdk))
"""
NAME = "orthanc-runtime-tests"
WORKERS = {"Python": {"Workers": 1}}


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return https_environment(tmp_path_factory.mktemp("https"))


def test_authentication(orthanc: Any) -> None:
    config = {"AuthenticationEnabled": True, "RegisteredUsers": {"user": "secret"}}
    server = orthanc(SCRIPT, config=config | WORKERS)
    assert server.get("/worker").status_code == 401
    for path in ["/master", "/worker"]:
        assert server.get(path, auth=("user", "secret")).text == NAME
    assert server.get("/sdk", auth=("user", "secret")).json()["Name"] == NAME


def test_tls_with_a_self_signed_certificate(
    orthanc: Any, https: dict[str, str], tmp_path: Path
) -> None:
    config = {
        "SslEnabled": True,
        "SslCertificate": str(self_signed(tmp_path)),
        "AuthenticationEnabled": True,
        "RegisteredUsers": {"user": "secret"},
    }
    server = orthanc(SCRIPT, config=config | WORKERS, environment=https)
    assert server.url.startswith("https:")
    for path in ["/master", "/worker"]:
        assert server.get(path, auth=("user", "secret")).text == NAME


def test_tls_refuses_another_certificate(
    orthanc: Any, https: dict[str, str], tmp_path: Path
) -> None:
    """RestUrl leads to an Orthanc with another certificate than the own one."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    tls = {"SslEnabled": True, "SslCertificate": str(self_signed(tmp_path / "a"))}
    other = orthanc(SCRIPT, config=tls | WORKERS, environment=https)
    workers = {"Count": 1, "RestUrl": other.url}
    own = {"SslEnabled": True, "SslCertificate": str(self_signed(tmp_path / "b"))}
    config = own | {"Python": {"Workers": workers}}
    server = orthanc(SCRIPT, config=config, environment=https)
    assert other.get("/worker").text == NAME
    for path in ["/master", "/worker"]:
        assert "SSLError" in server.get(path).text
        assert "ingerprint" in server.get(path).text


def test_client_certificate_is_asked_for(orthanc: Any, tmp_path: Path) -> None:
    config = {
        "SslEnabled": True,
        "SslCertificate": str(self_signed(tmp_path)),
        "SslVerifyPeers": True,
        "SslTrustedClientCertificates": str(tmp_path / "certificate.pem"),
    }
    server = orthanc(SCRIPT, config=config | WORKERS, starts=False)
    for word in ["SslVerifyPeers", "RestClientCertificate", "RestClientKey"]:
        assert word in server.log


def test_client_certificate(orthanc: Any, https: dict[str, str], tmp_path: Path) -> None:
    both = str(self_signed(tmp_path))
    config: dict[str, Any] = {
        "SslEnabled": True,
        "SslCertificate": both,
        "SslVerifyPeers": True,
        "SslTrustedClientCertificates": str(tmp_path / "certificate.pem"),
    }
    workers = {"Count": 1, "RestClientCertificate": both, "RestClientKey": both}
    config["Python"] = {"Workers": workers}
    server = orthanc(SCRIPT, config=config, environment=https)
    server.session.cert = both
    for path in ["/master", "/worker"]:
        assert server.get(path).text == NAME


@pytest.mark.parametrize("url", ["127.0.0.1:8042", "ftp://127.0.0.1", "http://", 5])
def test_rest_url_that_is_none(orthanc: Any, url: Any) -> None:
    config = {"Python": {"Workers": {"Count": 1, "RestUrl": url}}}
    server = orthanc(SCRIPT, config=config, starts=False)
    assert "RestUrl" in server.log
    assert str(url) in server.log


def test_without_an_http_server_the_sdk_still_works(orthanc: Any) -> None:
    script = """
        import orthanc
        from orthanc_runtime import offload, rest

        @offload
        def ask():
            try:
                rest.get("/system")
                return "reached"
            except RuntimeError as error:
                return str(error)

        @offload
        def sdk():
            return orthanc.RestApiGet("/system")[:1]

        def changed(change, level, resource):
            if change == orthanc.ChangeType.ORTHANC_STARTED:
                orthanc.LogWarning(f"sdk {sdk()} rest {ask()}")

        orthanc.RegisterOnChangeCallback(changed)
    """
    workers = {"Count": 1, "RestTransport": "Http"}
    config = {"HttpServerEnabled": False, "Python": {"Workers": workers}}
    orthanc(script, config=config).wait_log(r"sdk b'\{' rest .*HttpServerEnabled")
