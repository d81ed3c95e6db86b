# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime config``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.orthanc_json import strip_comments

pytestmark = pytest.mark.unit

Captured = pytest.CaptureFixture[str]


def write(path: Path, content: object) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def test_the_example_is_valid(tmp_path: Path, capsys: Captured) -> None:
    assert main(["config", "example"]) == 0
    text = capsys.readouterr().out
    assert "Python" in json.loads(strip_comments(text))
    file = tmp_path / "orthanc.json"
    file.write_text(text)
    assert main(["config", "validate", str(file)]) == 0


def test_the_schema_is_json(capsys: Captured) -> None:
    assert main(["config", "schema"]) == 0
    assert "Python" in json.loads(capsys.readouterr().out)["properties"]


def test_what_a_file_comes_to(tmp_path: Path, capsys: Captured) -> None:
    workers = {"Count": 3, "Timeout": "60", "Pools": {"gpu": {"Timeout": 900}}}
    file = write(tmp_path / "orthanc.json", {"Python": {"Workers": workers}})
    assert main(["config", "validate", file, "--json"]) == 0
    pools = json.loads(capsys.readouterr().out)
    assert (pools["default"]["Count"], pools["default"]["Timeout"]) == (3, 60)
    assert (pools["gpu"]["Count"], pools["gpu"]["Timeout"]) == (1, 900)
    assert pools["default"]["StartMethod"] == "ForkServer"
    assert main(["config", "validate", file]) == 0
    assert "pool gpu\n" in capsys.readouterr().out


def test_the_files_of_a_folder_are_joined(tmp_path: Path, capsys: Captured) -> None:
    write(tmp_path / "1.json", {"Python": {"Workers": {"Count": 3}}})
    write(tmp_path / "2.json", {"HttpThreadsCount": 20})
    (tmp_path / "notes.txt").write_text("no JSON")
    assert main(["config", "validate", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["default"]
    assert (found["Count"], found["MaximumQueued"]) == (3, 15)


def test_an_option_in_two_files_is_refused_as_by_orthanc(tmp_path: Path, capsys: Captured) -> None:
    write(tmp_path / "1.json", {"Python": {"Workers": {"Count": 3}}})
    write(tmp_path / "2.json", {"Python": {"Workers": {"Timeout": 5}}})
    assert main(["config", "validate", str(tmp_path)]) == 1
    assert '"Python" stands in both' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("workers", "message"),
    [
        ({"Cuont": 3}, "Python.Workers.Cuont (value 3) is not a setting; did you mean Count?"),
        ({"Timeout": -1}, "Python.Workers.Timeout"),
        ("many", "Python.Workers"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(
    tmp_path: Path, capsys: Captured, workers: object, message: str
) -> None:
    file = write(tmp_path / "orthanc.json", {"Python": {"Workers": workers}})
    assert main(["config", "validate", file]) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_a_missing_file_and_an_empty_folder(tmp_path: Path, capsys: Captured) -> None:
    assert main(["config", "validate", str(tmp_path / "none.json")]) == 1
    assert "cannot read the configuration" in capsys.readouterr().err
    assert main(["config", "validate", str(tmp_path)]) == 1
    assert "ends in .json" in capsys.readouterr().err


def test_the_user_of_the_workers_is_looked_up(tmp_path: Path, capsys: Captured) -> None:
    file = write(tmp_path / "orthanc.json", {"Python": {"Workers": {"RunAs": "nobody-at-all"}}})
    assert main(["config", "validate", file]) != 0
    error = capsys.readouterr().err
    assert "Python.Workers.RunAs is 'nobody-at-all'" in error
    write(tmp_path / "orthanc.json", {"Python": {"Workers": {"RunAs": "nobody"}}})
    assert main(["config", "validate", file]) == 0
