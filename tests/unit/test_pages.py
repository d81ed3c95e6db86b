# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of ``docs/``: nothing is left out. Their links are checked by ``make docs``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
SAMPLES = {
    str(path.relative_to(ROOT)) for path in (ROOT / "samples").rglob("*.py") if path.is_file()
}


def test_each_sample_has_a_how_to() -> None:
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs/how-to").glob("*.md"))
    assert set(re.findall(r'"(samples/\S+\.py):3"', pages)) == SAMPLES
    assert set(re.findall(r'title="(samples/\S+\.py)"', pages)) == SAMPLES


def test_each_sample_is_listed() -> None:
    listed = re.findall(r"\]\(([^)]+)\)", (ROOT / "samples/README.md").read_text("utf-8"))
    for sample in SAMPLES:
        path = Path(sample).relative_to("samples")
        assert {str(path), str(path.parent)} & set(listed), sample


def test_each_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    generated = {"index.md", "samples.md", "benchmarks.md", "architecture.md", "changelog.md"}
    assert set(re.findall(r"- (\S+\.md)", navigation)) == pages | generated
