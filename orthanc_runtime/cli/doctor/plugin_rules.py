# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules about the plugin, its files, and whether versions fit together."""

from __future__ import annotations

from collections.abc import Iterator

from orthanc_runtime.cli.doctor.facts import Facts, PluginFile, PluginKind
from orthanc_runtime.findings import Finding, Level

OURS = "orthanc-runtime"
REFERENCE = "python"


def one_python_plugin(facts: Facts) -> Iterator[Finding]:
    """One process can embed Python once."""
    files = _plugins(facts, PluginKind.REFERENCE)
    ours = _plugins(facts, PluginKind.OURS)
    if files and ours:
        yield Finding(
            Level.ERROR,
            f"the Python plugin of Orthanc is loaded, too: {files[0].path}",
            "one Orthanc can embed Python once, and does not start with both",
            'take it out of "Plugins", or `apt-get remove orthanc-python`',
            "Plugins",
        )
    if len({plugin.path.resolve() for plugin in ours}) > 1:
        yield Finding(
            Level.ERROR,
            f"two copies of this plugin are loaded: {', '.join(str(p.path) for p in ours)}",
            "one Orthanc can embed Python once",
            'keep one of them in "Plugins"',
            "Plugins",
        )


def plugin_is_loaded(facts: Facts) -> Iterator[Finding]:
    configured, running = facts.configured, facts.running
    library = facts.package.library or "the path that `orthanc-runtime plugin-path` prints"
    if running is not None and OURS not in running.plugins:
        reference = REFERENCE in running.plugins
        yield Finding(
            Level.ERROR,
            f"the Orthanc at {running.url} has not loaded this plugin"
            + (", but the Python plugin of Orthanc" if reference else ""),
            f"it has {', '.join(running.plugins) or 'no plugin at all'}",
            f'put {library} into "Plugins"'
            + (" in place of the other one" if reference else "")
            + ", restart Orthanc, and see its log",
            "Plugins",
        )
    elif configured is not None and not _plugins(facts, PluginKind.OURS):
        yield Finding(
            Level.ERROR,
            "the configuration does not load this plugin",
            'no entry of "Plugins" leads to it',
            f'put {library} into "Plugins"',
            "Plugins",
        )


def plugin_is_this_one(facts: Facts) -> Iterator[Finding]:
    """The package that is asked, and the plugin that runs."""
    package, running = facts.package, facts.running
    for plugin in _plugins(facts, PluginKind.OURS):
        if plugin.python and plugin.python != package.python:
            yield Finding(
                Level.WARNING,
                f"{plugin.path} is built for Python {plugin.python}",
                f"this command belongs to an installation for Python {package.python}",
                "run the orthanc-runtime of that installation, or name the plugin of this one: "
                f"{package.library}",
                "Plugins",
            )
        elif package.library is not None and plugin.path.resolve() != package.library.resolve():
            yield Finding(
                Level.WARNING,
                f"{plugin.path} belongs to another installation",
                f"this command belongs to {package.library}",
                "run the orthanc-runtime of that installation, or name the plugin of this one",
                "Plugins",
            )
    if running is None or running.status is None:
        return
    version = running.status.get("Version", "")
    if version != package.version:
        yield Finding(
            Level.WARNING,
            f"Orthanc runs version {version} of this plugin, {package.version} is installed",
            "after an upgrade workers cannot be replaced until Orthanc has been restarted",
            "restart Orthanc; where it still is another one, it loads another installation",
        )
    python = running.status.get("PythonVersion", "")
    if python and not f"{python}.".startswith(f"{package.python}."):
        yield Finding(
            Level.WARNING,
            f"Orthanc embeds Python {python}, this installation is for {package.python}",
            "it loads the plugin of another installation",
            f'name this one in "Plugins": {package.library}',
            "Plugins",
        )


def sdk_is_known(facts: Facts) -> Iterator[Finding]:
    """The header that the plugin is built with may be newer than Orthanc."""
    running = facts.running
    orthanc = facts.package.orthanc if running is None else running.orthanc
    sdk = facts.package.sdk
    if orthanc is not None and sdk > orthanc:
        yield Finding(
            Level.WARNING,
            f"the plugin is built with the SDK {_text(sdk)}, this Orthanc is {_text(orthanc)}",
            "functions that it does not know raise where they are called; its log names them",
            f"upgrade Orthanc, or build the plugin with the SDK {_text(orthanc)}",
        )


def files_are_there(facts: Facts) -> Iterator[Finding]:
    configured = facts.configured
    if configured is None:
        return
    for key, path in configured.absent:
        yield Finding(
            Level.ERROR,
            f"there is no {path}",
            "Orthanc does not start without it",
            "mend the path; relative ones in Python begin where Orthanc is started",
            key,
        )
    for key, obstacle in configured.obstacles:
        yield Finding(
            Level.ERROR,
            obstacle,
            "Orthanc runs as that user, and does not start, or its workers do not",
            "put it where that user can read it, such as below /opt, or change the permissions",
            key,
        )


def environment_fits(facts: Facts) -> Iterator[Finding]:
    """Packages of one Python are of no use to another one."""
    configured = facts.configured
    if configured is None or configured.environment is None:
        return
    environment = configured.environment
    ours = _plugins(facts, PluginKind.OURS)
    python = next((plugin.python for plugin in ours if plugin.python), facts.package.python)
    if not environment.has_python:
        yield Finding(
            Level.ERROR,
            f"{environment.path} has no bin/python3",
            "workers are started with it",
            f"make it anew: python{python} -m venv {environment.path}",
            environment.key,
        )
    elif python not in environment.pythons:
        others = ", ".join(environment.pythons) or "none"
        yield Finding(
            Level.ERROR,
            f"{environment.path} is not for Python {python}, but for {others}",
            f"the plugin embeds Python {python}, and finds no packages there",
            f"make it anew with python{python} -m venv, or install the plugin with that Python",
            environment.key,
        )


def _plugins(facts: Facts, kind: PluginKind) -> list[PluginFile]:
    plugins = () if facts.configured is None else facts.configured.plugins
    return [plugin for plugin in plugins if plugin.kind is kind]


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
