# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pool of multiprocessing in ``docs/migrating.md``, before and after: both run here."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from launcher import Launcher
from synthetic_dicom import synthetic_dicom

pytestmark = [pytest.mark.orthanc, pytest.mark.runtime_only]

PAGE = Path(__file__).parents[2] / "docs" / "migrating.md"
PORT = 'PORT = json.loads(orthanc.GetConfiguration())["HttpPort"]\n\n\ndef initialize'


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(
            "before",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 14),
                reason="its Pool starts no process within Orthanc: one reason to migrate",
            ),
        ),
        "after",
    ],
)
def test_both_scripts_run(orthanc: Launcher, which: str) -> None:
    (script,) = re.findall(rf"```python\n# {which}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    script = script.replace("localhost:8042", "localhost:{PORT}").replace("def initialize", PORT)
    server = orthanc(script, config={"Python": {"Workers": 2}})
    instances = [server.upload(synthetic_dicom(number)) for number in (1, 2)]
    study = server.get(f"/instances/{instances[0]}/study").json()["ID"]
    assert server.get(f"/computation/{study}").json() == {"Instances": 2}
