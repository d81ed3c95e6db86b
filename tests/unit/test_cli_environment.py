# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options from variables of the environment: ``orthanc-runtime config from-env``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from orthanc_runtime.cli import main
from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.core_options import read_options
from orthanc_runtime.cli.environment import with_environment

pytestmark = pytest.mark.unit

SAMPLE = """
/**
 * General configuration of Orthanc
 **/
{
  // The name, see "Title"
  "Name" : "MyOrthanc",
  // "TemporaryDirectory" : "/tmp/Orthanc/",
  /**
     "AuthenticationEnabled" : false, // new
   **/
  "HttpPort" : 8042, "StorageCompression" : false, "Plugins" : [ ],
  "RegisteredUsers" : {
    // "alice" : "alicePassword"
  },
  "DicomModalities" : {
    //"untrusted" : {
    //  "Port" : 104,
    //}
    /**
       "sample" : 1
     **/
  }
}
"""


def merged(given: dict[str, Any] | None = None, /, **variables: str) -> dict[str, Any]:
    environment = {f"ORTHANC__{name}": value for name, value in variables.items()}
    return with_environment(given or {}, {"PATH": "/bin", **environment}, read_options(SAMPLE))


def test_the_options_of_a_sample_configuration() -> None:
    assert read_options(SAMPLE) == {
        "Name": "MyOrthanc",
        "TemporaryDirectory": "/tmp/Orthanc/",  # noqa: S108
        "AuthenticationEnabled": False,
        "HttpPort": 8042,
        "StorageCompression": False,
        "Plugins": [],
        "RegisteredUsers": {},
        "DicomModalities": {},
    }


def test_values_have_the_type_of_their_option() -> None:
    assert merged(
        NAME="17",
        HTTP_PORT="80",
        STORAGE_COMPRESSION="True",
        PLUGINS='["/a.so"]',
        REGISTERED_USERS='{"alice": "secret"}',
        PYTHON__PATH="/script.py",
        PYTHON__LOG_FORMAT="json",
        PYTHON__WORKERS__COUNT="4",
        PYTHON__WORKERS__QUEUETIMEOUT="2.5",
        PYTHON__WORKERS__PRELOAD="numpy,pydicom",
        PYTHON__WORKERS__POOLS='{"gpu": {"Count": 1}}',
    ) == {
        "Name": "17",
        "HttpPort": 80,
        "StorageCompression": True,
        "Plugins": ["/a.so"],
        "RegisteredUsers": {"alice": "secret"},
        "Python": {
            "Path": "/script.py",
            "LogFormat": "json",
            "Workers": {
                "Count": 4,
                "QueueTimeout": 2.5,
                "Preload": "numpy,pydicom",
                "Pools": {"gpu": {"Count": 1}},
            },
        },
    }


def test_a_variable_wins_over_a_file_and_leaves_what_stands_beside() -> None:
    given = {"HttpPort": 1, "Python": {"Rate": 1, "Workers": 3}, "DicomWeb": {"Root": "/a/"}}
    assert merged(
        given, HTTP_PORT="2", PYTHON__WORKERS__THREADS="2", PYTHON__RATE="5", DICOM_WEB__ROOT="/b/"
    ) == {
        "HttpPort": 2,
        "Python": {"Rate": 5, "Workers": {"Count": 3, "Threads": 2}},
        "DicomWeb": {"Root": "/b/"},
    }
    assert merged(given, PYTHON__WORKERS="6")["Python"]["Workers"] == {"Count": 6}


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"HTTP_PROT": "1"}, "ORTHANC__HTTP_PROT is no option .* mean ORTHANC__HTTP_PORT\\?"),
        ({"PORT": "104"}, "ORTHANC__PORT is no option"),
        ({"PYTHON__WORKERS__CUONT": "1"}, "did you mean ORTHANC__PYTHON__WORKERS__COUNT\\?"),
        ({"HTTP_PORT": "many"}, "ORTHANC__HTTP_PORT must be a number"),
        ({"HTTP_PORT__X": "1"}, "HttpPort is no section"),
        ({"STORAGE_COMPRESSION": ""}, "must be true or false"),
        ({"PYTHON__WORKERS__COUNT": "-1"}, "COUNT is '-1'; allowed: a whole number from 0"),
        ({"PYTHON__WORKERS__POOLS": "gpu"}, "POOLS is 'gpu'; allowed: an object"),
        ({"REGISTERED_USERS": "secret"}, "ORTHANC__REGISTERED_USERS must be a JSON object$"),
        ({"REGISTERED_USERS__ALICE": "secret"}, "set ORTHANC__REGISTERED_USERS$"),
        ({"HTTP_PORT": "1", "HTTPPORT": "1"}, "are the same option: keep one"),
    ],
)
def test_what_is_wrong_is_named(variables: dict[str, str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as refused:
        merged({}, **variables)
    assert "secret" not in str(refused.value)


def test_the_command_joins_files_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = sys.modules["orthanc_runtime.cli.config"]
    monkeypatch.setattr(command, "core_options", lambda: read_options(SAMPLE))
    defaults = tmp_path / "defaults.json"
    defaults.write_text('{"Name": "one", "HttpPort": 81}')
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "1.json").write_text('{"Name": "two"}')
    monkeypatch.setenv("ORTHANC__HTTP_PORT", "82")
    output = tmp_path / "joined"
    given = ["config", "from-env", str(defaults), str(folder)]
    assert main([*given, "--output", str(output)]) == 0
    assert json.loads(output.read_text()) == {"Name": "two", "HttpPort": 82}
    assert output.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("ORTHANC__PYTHON__WORKERS__MAXIMUM_QUEUED", "-1")
    assert main(given) == 1
    assert "ORTHANC__PYTHON__WORKERS__MAXIMUM_QUEUED" in capsys.readouterr().err
