# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that the installed Orthanc documents, and variables of the environment for them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orthanc_runtime.cli.core_options import core_options
from orthanc_runtime.cli.environment import with_environment
from orthanc_runtime.settings_reading import Settings

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]


def test_the_options_of_this_orthanc() -> None:
    options = core_options()
    assert options["HttpPort"] == 8042
    assert options["AuthenticationEnabled"] is False
    assert options["RegisteredUsers"] == {}
    assert "IngestTranscoding" in options
    assert "Port" not in options


@pytest.mark.parametrize("name", ["compose.yaml", "docs/install.md"])
def test_the_variables_that_users_are_shown(name: str) -> None:
    text = (Path(__file__).parents[2] / name).read_text("utf-8")
    shown = re.findall(r"(ORTHANC__\w+)(?:: |=)['\"]?(\$?\{.*\}|[^\s`'\"]+)", text)
    # Of compose: a variable that has to be set.
    variables = {key: '{"me": "x"}' if "${" in value else value for key, value in shown}
    assert len(variables) > 2
    merged = with_environment({}, variables, core_options())
    assert merged["RegisteredUsers"]
    assert Settings.from_configuration(merged, cores=4).workers.count == 4
