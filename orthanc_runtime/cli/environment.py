# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options from variables of the environment, as containers set them.

``ORTHANC__PYTHON__WORKERS__COUNT=4`` is ``{"Python": {"Workers": {"Count": 4}}}``: two underscores
enter a section; case and single underscores do not matter. The type is that of the option. Lists
and objects are JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import Configuration, merge
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.setting_types import Boolean, Choice, Kind, Number, Text
from orthanc_runtime.settings import PythonSettings, WorkerSettings, declarations
from orthanc_runtime.settings_reading import OLDER_NAMES, nearest

PREFIX = "ORTHANC__"

Known = Mapping[str, Any]
"""Options by name: a section, a kind of ours, or a value of the type that the option has."""


def with_environment(
    configuration: Configuration, environment: Mapping[str, str], core: Configuration
) -> Configuration:
    """``configuration`` with the variables that begin with ORTHANC__ on top.

    ``core``: the options of Orthanc, see :func:`core_options`. Known are those, ours, and what
    ``configuration`` has. Raises CommandError that names the variable, never its value, which may
    be a password.
    """
    known = _known(core, configuration)
    set_by: dict[tuple[str, ...], str] = {}
    merged = configuration
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        path, expected = _find(variable, known)
        other = set_by.setdefault(path, variable)
        if other != variable:
            raise CommandError(f"{variable} and {other} are the same option: keep one")
        value = _read(variable, environment[variable], expected)
        if path == ("Python", "Workers") and not isinstance(value, dict):
            value = {"Count": value}
        for key in reversed(path):
            value = {key: value}
        merged = merge(_with_worker_section(merged), value)
    return merged


def _known(core: Configuration, configuration: Configuration) -> Known:
    known = merge(core, configuration)
    python = known.get("Python")
    workers = {entry.key: entry.kind for entry in declarations(WorkerSettings).values()}
    ours = {entry.key: entry.kind for entry in declarations(PythonSettings).values()}
    # What a script keeps there for itself stays known, too.
    known["Python"] = (python if isinstance(python, dict) else {}) | ours | {"Workers": workers}
    known |= {older: ours[key] for older, key in OLDER_NAMES.items()}
    return known


def _with_worker_section(configuration: Configuration) -> Configuration:
    """A number is short for ``Count``; beside others it needs its name."""
    python = configuration.get("Python")
    if not isinstance(python, dict) or isinstance(python.get("Workers", {}), dict):
        return configuration
    return configuration | {"Python": python | {"Workers": {"Count": python["Workers"]}}}


def _find(variable: str, known: Known) -> tuple[tuple[str, ...], Any]:
    """The path of the option, and what stands there in ``known``."""
    path: list[str] = []
    found: Any = known
    for part in variable[len(PREFIX) :].split("__"):
        names = {_squeezed(name): name for name in found} if isinstance(found, Mapping) else {}
        if path and not names:
            wanted = "a JSON object" if isinstance(found, Mapping) else "no section"
            raise CommandError(f"{variable}: {'.'.join(path)} is {wanted}; set {_spelled(path)}")
        name = names.get(_squeezed(part))
        if name is None:
            close = nearest(_squeezed(part), names)
            hint = f"; did you mean {_spelled([*path, names[close]])}?" if close else ""
            raise CommandError(
                f"{variable} is no option of Orthanc or of this plugin{hint} "
                "(what another plugin has belongs into a file)"
            )
        path.append(name)
        found = found[name]
    return tuple(path), found


def _read(variable: str, text: str, expected: Any) -> Any:
    if isinstance(expected, Kind):
        return _read_ours(variable, text, expected)
    if isinstance(expected, Mapping) and "Count" in expected and not _is_json(text):
        return _read_ours(variable, text, expected["Count"])
    try:
        if isinstance(expected, bool):
            return Boolean().read(variable, text)
        if isinstance(expected, int | float):
            return Number(-(2**53), 2**53, whole=isinstance(expected, int)).read(variable, text)
    except SettingsError:
        kind = "true or false" if isinstance(expected, bool) else "a number"
        raise CommandError(f"{variable} must be {kind}") from None
    if isinstance(expected, str):
        return text
    return _json(variable, text, list if isinstance(expected, list) else dict)


def _read_ours(variable: str, text: str, kind: Kind) -> Any:
    simple = isinstance(kind, Boolean | Number | Choice | Text)
    value = _json(variable, text, list | dict) if not simple and _is_json(text) else text
    try:
        read = kind.read(variable, value)
    except SettingsError as error:
        raise CommandError(str(error)) from None
    return read if isinstance(kind, Boolean | Number) else value


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("[", "{")


def _json(variable: str, text: str, expected: Any) -> Any:
    noun = "list" if expected is list else "object" if expected is dict else "list or object"
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, expected):
        raise CommandError(f"{variable} must be a JSON {noun}")
    return value


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


def _spelled(path: list[str]) -> str:
    """The usual spelling of a variable: HttpPort as HTTP_PORT."""
    parts = (re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper() for name in path)
    return PREFIX + "__".join(parts)
