# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write ``orthanc.example.json`` and ``orthanc.schema.json`` from the settings.

Usage: ``python -m orthanc_runtime.settings_files [FOLDER]``, by default ``config``.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from orthanc_runtime.settings import (
    Declaration,
    PythonSettings,
    WorkerSettings,
    declarations,
    pool_keys,
)
from orthanc_runtime.settings_reading import OLDER_NAMES

EXAMPLE = "orthanc.example.json"
SCHEMA = "orthanc.schema.json"
WORKERS_TEXT = "Worker processes for offloaded handlers. A number is short for Count."
WIDTH = 96

# Values shown where the default is computed or absent; their lines are commented out.
SHOWN = {
    "Path": "script.py",
    "VirtualEnv": "/opt/orthanc/venv",
    "AllowThreads": False,
    "DisplayMemoryUsage": False,
    "Count": 4,
    "MaximumQueued": 20,
    "Pools": {"gpu": {"Count": 1}},
    "RunAs": "orthanc-worker",
    "RestUrl": "http://127.0.0.1:8042",
    "RestClientCertificate": "client.pem",
    "RestClientKey": "client.key",
}


def example() -> str:
    """A commented configuration, as Orthanc reads it; every active line has the default."""
    lines = [
        "// Settings of Orthanc Runtime, to be copied into orthanc.json. Generated from the",
        "// declarations in settings.py; active lines show defaults, the others are not set.",
        "{",
        '  "Python": {',
        *_section(PythonSettings, "    ", active={"Path"}, last=False),
        *_comment(WORKERS_TEXT, "    "),
        '    "Workers": {',
        *_section(WorkerSettings, "      ", active=set(), last=True),
        "    }",
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def schema() -> str:
    """The JSON schema of the part of ``orthanc.json`` that is ours."""
    workers: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": _properties(WorkerSettings),
    }
    workers["properties"]["Pools"]["additionalProperties"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: workers["properties"][key] for key in pool_keys()},
    }
    python = _properties(PythonSettings)
    count = declarations(WorkerSettings)["count"].kind.schema()
    python["Workers"] = {"description": WORKERS_TEXT, "anyOf": [count, workers]}
    older = {
        name: {"$ref": f"#/properties/Python/properties/{key}"} for name, key in OLDER_NAMES.items()
    }
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Orthanc Runtime in orthanc.json",
        "type": "object",
        "properties": {**older, "Python": {"type": "object", "properties": python}},
    }
    return json.dumps(document, indent=2) + "\n"


def main(arguments: list[str]) -> None:
    """Write both files into the folder that is named, or into ``config``."""
    folder = Path(arguments[0] if arguments else "config")
    (folder / EXAMPLE).write_text(example())
    (folder / SCHEMA).write_text(schema())


def _defaults(section: type) -> dict[str, Any]:
    return {entry.name: _json_value(entry.default) for entry in dataclasses.fields(section)}


def _json_value(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


def _section(section: type, indent: str, active: set[str], last: bool) -> list[str]:
    """The lines of a section; without ``last`` more follows, so each line ends with a comma."""
    defaults = _defaults(section)
    entries = list(declarations(section).items())
    shown = [name for name, entry in entries if defaults[name] is not None or entry.key in active]
    lines: list[str] = []
    for name, entry in entries:
        keys = f" A pool may set {', '.join(pool_keys())}." if entry.key == "Pools" else ""
        lines += _comment(entry.text + keys, indent)
        value = SHOWN[entry.key] if defaults[name] is None else defaults[name]
        text = f"{json.dumps(entry.key)}: {json.dumps(value)}"
        comma = "" if last and name == shown[-1] else ","
        lines += [f"{indent}{text}{comma}" if name in shown else f"{indent}// {text},", ""]
    return lines[:-1] if last else lines


def _comment(text: str, indent: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - len(indent), break_on_hyphens=False)
    return [f"{indent}// {line}" for line in lines]


def _properties(section: type) -> dict[str, Any]:
    defaults = _defaults(section)
    return {
        entry.key: _property(entry, defaults[name]) for name, entry in declarations(section).items()
    }


def _property(entry: Declaration, default: Any) -> dict[str, Any]:
    described = {"description": entry.text, **entry.kind.schema()}
    if default is not None:
        described["default"] = default
    return described


if __name__ == "__main__":
    main(sys.argv[1:])
