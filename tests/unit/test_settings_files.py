# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The generated files are fresh, and say what the settings accept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orthanc_runtime import settings_files, settings_page
from orthanc_runtime.settings import PythonSettings, WorkerSettings, keys_of
from orthanc_runtime.settings_reading import Settings

pytestmark = pytest.mark.unit

CONFIG = Path(__file__).parents[2] / "config"


def without_comments(text: str) -> str:
    return re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE)


def test_example_is_fresh() -> None:
    assert (CONFIG / settings_files.EXAMPLE).read_text() == settings_files.example(), (
        "run python -m orthanc_runtime.settings_files"
    )


def test_schema_is_fresh() -> None:
    assert (CONFIG / settings_files.SCHEMA).read_text() == settings_files.schema(), (
        "run python -m orthanc_runtime.settings_files"
    )


def test_page_is_fresh() -> None:
    page = CONFIG.parent / "docs" / settings_page.PAGE
    assert page.read_text(encoding="utf-8") == settings_page.page(), (
        "run python -m orthanc_runtime.settings_page"
    )


def test_the_example_is_json_with_the_defaults() -> None:
    configuration = json.loads(without_comments(settings_files.example()))
    settings = Settings.from_configuration(configuration, cores=2)
    assert settings.python == PythonSettings(path=("script.py",))
    assert settings.workers == WorkerSettings()


def test_the_example_is_json_with_every_line_active() -> None:
    active = re.sub(r'^(\s*)// (".*,)$', r"\1\2", settings_files.example(), flags=re.MULTILINE)
    section = json.loads(without_comments(active))["Python"]
    assert list(section) == [*keys_of(PythonSettings), "Workers"]
    assert list(section["Workers"]) == keys_of(WorkerSettings)
    Settings.from_configuration({"Python": section}, cores=2)


def test_the_schema_knows_every_key() -> None:
    schema = json.loads(settings_files.schema())
    python = schema["properties"]["Python"]["properties"]
    assert set(python) == {*keys_of(PythonSettings), "Workers"}
    (_, workers) = python["Workers"]["anyOf"]
    assert set(workers["properties"]) == set(keys_of(WorkerSettings))
    assert workers["additionalProperties"] is False


def test_the_command_writes_both(tmp_path: Path) -> None:
    settings_files.main([str(tmp_path)])
    assert {entry.name for entry in tmp_path.iterdir()} == {
        settings_files.EXAMPLE,
        settings_files.SCHEMA,
    }
