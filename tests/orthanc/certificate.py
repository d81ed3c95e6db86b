# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Orthanc needs to serve HTTPS in a test."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

ORTHANC = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
SHIM = Path(__file__).with_name("civetweb_openssl3.c")


def self_signed(folder: Path, name: str = "orthanc.example") -> Path:
    """A PEM file with private key and certificate, as SslCertificate wants it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
        *("-subj", f"/CN={name}", "-keyout", str(key), "-out", str(certificate)),
    )
    both = folder / "both.pem"
    both.write_text(key.read_text() + certificate.read_text())
    return both


def https_environment(folder: Path) -> dict[str, str]:
    """Variables for an Orthanc whose web server does not know OpenSSL 3.

    It also opens OpenSSL by the names that only development packages install.
    """
    library = folder / "civetweb_openssl3.so"
    run("cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SHIM))
    for name in ("libssl", "libcrypto"):
        (folder / f"{name}.so").symlink_to(installed(name))
    return {"LD_PRELOAD": str(library), "LD_LIBRARY_PATH": str(folder)}


def installed(name: str) -> Path:
    """The OpenSSL library that Orthanc is linked with."""
    listed = subprocess.run(
        ["ldd", ORTHANC], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    found = re.search(rf"{name}\.so\S* => (\S+)", listed)
    assert found is not None, f"{ORTHANC} is not linked with {name}:\n{listed}"
    return Path(found[1])


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)
