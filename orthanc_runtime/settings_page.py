# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page ``configuration.md`` from the settings.

Usage: ``python -m orthanc_runtime.settings_page [FOLDER]``, by default ``docs``.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
from pathlib import Path
from typing import Any

from orthanc_runtime.setting_types import Boolean, Choice, Kind, Number
from orthanc_runtime.settings import Declaration, PythonSettings, WorkerSettings, declarations
from orthanc_runtime.settings_reading import OLDER_NAMES

PAGE = "configuration.md"

HEAD = """\
# Configuration

Generated from the declarations in `settings.py`. `config/orthanc.example.json` has the same as a
commented file, and `orthanc-runtime config example` prints it; `orthanc-runtime config schema`
prints the JSON schema, for editors. `orthanc-runtime config validate FILE` checks a file, and says
what it comes to on this machine.

- A setting of the wrong type, or out of its limits, stops the start of Orthanc. The log names key,
  value, and what is allowed.
- An unknown key in `Workers` stops the start, too, and the nearest known one is named. Directly
  under `Python` it is a warning, as scripts keep options there, unless it looks like a slip.
- Numbers, true and false may be strings. `"Workers": 4` is short for `"Workers": {"Count": 4}`.
- As in all files that Orthanc reads, `${NAME}` is replaced by a variable of the environment, and
  `${NAME:-text}` has a default. `orthanc-runtime config from-env` reads variables such as
  `ORTHANC__PYTHON__WORKERS__COUNT` and joins them with files.
"""

WORKERS = """\
Worker processes for offloaded handlers. *Of a pool*: a named pool may have its own.
"""

AROUND = """\
## Variables of the environment

| variable | what it does |
| --- | --- |
| `TMPDIR` | the folder for temporary files; ours in it holds the socket of the fork server |
| `OMP_NUM_THREADS`, `OPENBLAS_NUM_THREADS`, `MKL_NUM_THREADS` | are `Threads` in workers |
| `ORTHANC` | which Orthanc the command line starts |

## Options of Orthanc that matter here

| option | why |
| --- | --- |
| `HttpThreadsCount` | each request that is with the workers holds one: [sizing](sizing.md) |
| `TcpNoDelay` | false costs 44 ms for each request of a worker |
| `HttpDescribeErrors` | false keeps the texts of errors, which may name patients, out of answers |
| `KeepAlive` | an idle connection holds an HTTP thread for a second |
| `RegisteredUsers`, `SslEnabled`, `SslVerifyPeers` | `rest` in workers follows them |
"""


def page() -> str:
    """The page, in Markdown."""
    lines = [
        HEAD,
        "## Python",
        "",
        *_section(PythonSettings, "Python"),
        "## Python.Workers",
        "",
        WORKERS,
        *_section(WorkerSettings, "Python.Workers"),
        AROUND.rstrip(),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> None:
    """Write the page into the folder that is named, or into ``docs``."""
    (Path(arguments[0] if arguments else "docs") / PAGE).write_text(page(), encoding="utf-8")


def _section(section: type, name: str) -> list[str]:
    lines = []
    defaults = {entry.name: entry.default for entry in dataclasses.fields(section)}
    for attribute, entry in declarations(section).items():
        lines += [
            f"### {entry.key}",
            "",
            _facts(entry, defaults[attribute], name),
            "",
            _text(entry),
        ]
        lines.append("")
    return lines


def _text(entry: Declaration) -> str:
    return entry.text.replace("__init__.py", "`__init__.py`")


def _facts(entry: Declaration, default: Any, section: str) -> str:
    facts = [f"`{section}.{entry.key}`", allowed(entry.kind)]
    if default is not None:
        facts.append(f"default `{json.dumps(_json_value(default))}`")
    facts += [f"older name `{old}`" for old, key in OLDER_NAMES.items() if key == entry.key]
    if entry.of_pool:
        facts.append("*of a pool*")
    return ", ".join(facts)


def allowed(kind: Kind) -> str:
    """What a setting takes, in words."""
    if isinstance(kind, Number):
        return kind.allowed()
    if isinstance(kind, Boolean):
        return "true or false"
    if isinstance(kind, Choice):
        return " or ".join(f"`{member.value}`" for member in kind.members)
    return str(vars(kind)["noun"])


def _json_value(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


if __name__ == "__main__":
    main(sys.argv[1:])
