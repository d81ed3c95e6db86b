# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of one's own scripts, on a real Orthanc, by pytest.

Where this package is installed pytest has the fixtures of :mod:`orthanc_runtime.testing.plugin`::

    def test_hello(orthanc_server, dicom_files):
        server = orthanc_server("hello.py", config={"Python": {"Workers": {"Count": 2}}})
        instances = server.upload(*dicom_files(instances=3))
        assert server.get("/hello").text == "Hello"
"""

from __future__ import annotations
