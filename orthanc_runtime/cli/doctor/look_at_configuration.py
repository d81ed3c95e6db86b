# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about a configuration and the files that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from orthanc_runtime.cli.doctor.facts import Configured, Environment, PluginFile, PluginKind
from orthanc_runtime.cli.install import REFERENCE
from orthanc_runtime.cli.orthanc_json import Configuration, read_configurations
from orthanc_runtime.cli.plugin_path import LIBRARY
from orthanc_runtime.cli.readability import obstacle
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.settings_reading import Settings

_LIBPYTHON = re.compile(rb"libpython(3\.\d+)\.so")
_ABOVE = 5  # folders between a virtual environment and the plugin in it


def look_at_configuration(path: Path, user: str, folder: Path) -> Configured:
    """``user`` runs Orthanc; empty: nobody knows. ``folder`` is where it is started, and relative
    paths of Python begin. Raises CommandError where the configuration cannot be read."""
    content = read_configurations(path)
    settings, error = None, ""
    try:
        settings = Settings.from_configuration(content)
    except SettingsError as refused:
        error = str(refused)
    libraries = list(_libraries(content))
    plugins = tuple(
        PluginFile(file, _kind(file), _python_of(file)) for file in libraries if file.is_file()
    )
    environment = _environment(settings, plugins, folder)
    named = [("Plugins", file) for file in libraries]
    if settings is not None:
        named += [("PythonScript", folder / script) for script in settings.python.path or ()]
    if environment is not None and environment.key:
        named.append((environment.key, environment.path))
    absent = tuple((key, file) for key, file in named if not _exists(file))
    if environment is not None and not environment.key:
        named.append(("Python.VirtualEnv", environment.path))
    return Configured(
        path,
        content,
        settings,
        error,
        plugins,
        absent,
        environment if environment is not None and _exists(environment.path) else None,
        tuple(_obstacles(named, user)),
    )


def _libraries(content: Configuration) -> Iterator[Path]:
    """As Orthanc: an entry is a file, or a folder with libraries."""
    entries = content.get("Plugins", [])
    for entry in entries if isinstance(entries, list) else []:
        path = Path(str(entry))
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if ".so" in file.suffixes)
        else:
            yield path


def _kind(file: Path) -> PluginKind:
    if file.name.startswith(REFERENCE):
        return PluginKind.REFERENCE
    return PluginKind.OURS if file.name == LIBRARY else PluginKind.OTHER


def _python_of(file: Path) -> str:
    """The one that our plugin is linked with."""
    if _kind(file) is not PluginKind.OURS:
        return ""
    try:
        found = _LIBPYTHON.search(file.read_bytes())
    except OSError:
        return ""
    return found[1].decode() if found else ""


def _environment(
    settings: Settings | None, plugins: tuple[PluginFile, ...], folder: Path
) -> Environment | None:
    """That of VirtualEnv, else the one around the plugin, as when Orthanc starts."""
    if settings is not None and settings.python.virtual_env is not None:
        return _inspected(folder / settings.python.virtual_env, "Python.VirtualEnv")
    for plugin in plugins:
        if plugin.kind is PluginKind.OURS:
            for place in list(plugin.path.resolve().parents)[:_ABOVE]:
                if (place / "pyvenv.cfg").exists():
                    return _inspected(place, "")
    return None


def _inspected(path: Path, key: str) -> Environment:
    pythons = sorted(
        entry.name.removeprefix("python") for entry in path.glob("lib/python3.*") if entry.is_dir()
    )
    return Environment(path, key, (path / "bin" / "python3").exists(), tuple(pythons))


def _obstacles(named: list[tuple[str, Path]], user: str) -> Iterator[tuple[str, str]]:
    for key, path in named if user else ():
        try:
            found = obstacle(path, user)
        except (OSError, KeyError):  # absent, or not to be seen from here
            continue
        if found is not None:
            yield key, str(found)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # this user may not look
        return True
