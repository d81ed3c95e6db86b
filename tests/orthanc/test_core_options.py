# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that the installed Orthanc documents."""

from __future__ import annotations

import pytest

from orthanc_runtime.cli.core_options import core_options

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


def test_the_options_of_this_orthanc() -> None:
    options = core_options()
    assert options["HttpPort"] == 8042
    assert options["AuthenticationEnabled"] is False
    assert options["RegisteredUsers"] == {}
    assert "IngestTranscoding" in options
    assert "Port" not in options
