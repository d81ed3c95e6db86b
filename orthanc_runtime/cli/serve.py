# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``orthanc-runtime serve``: Orthanc with one script, without editing a configuration."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from orthanc_runtime.cli.check import plan_of
from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import Configuration, merge, read_configurations
from orthanc_runtime.cli.orthanc_process import OrthancProcess, find_orthanc
from orthanc_runtime.cli.plugin_path import LIBRARY, find_plugin
from orthanc_runtime.cli.ports import choose_port
from orthanc_runtime.cli.serve_debug import (
    debugging_settings,
    debugging_variables,
    restored_terminal,
)
from orthanc_runtime.cli.serve_reload import reloading
from orthanc_runtime.cli.serve_routes import announced_routes
from orthanc_runtime.errors import SettingsError
from orthanc_runtime.settings_reading import Settings

HTTP_PORT = 8042
DICOM_PORT = 4242


def serve(
    script: Annotated[Path, typer.Argument(metavar="SCRIPT", help="The Python script.")],
    workers: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Number of worker processes.")
    ] = None,
    http_port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="P", help="Default 8042.")
    ] = None,
    dicom_port: Annotated[
        int | None, typer.Option(min=1, max=65535, metavar="P", help="Default 4242.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where to start from: orthanc.json, or a folder of several."
        ),
    ] = None,
    reload: Annotated[
        bool,
        typer.Option(
            "--reload",
            help="When a Python file beside the script changes: new workers, or a new Orthanc "
            "for what runs there.",
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Have breakpoint() stop on this terminal.")
    ] = False,
    debugpy: Annotated[
        int | None,
        typer.Option(min=1, max=65535, metavar="PORT", help="Let an editor debug the worker."),
    ] = None,
    storage: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep images here; without it they are lost at the end."),
    ] = None,
) -> None:
    """Run Orthanc with SCRIPT until Ctrl-C.

    With --debug and --debugpy each pool has one worker, and nothing has a deadline. A port that is
    taken is replaced by the next free one. The exit code is Orthanc's.
    """
    source = _script(script)
    find_orthanc()
    plugin = find_plugin()
    variables = debugging_variables(debug, debugpy)
    base = read_configurations(config) if config is not None else {}
    with _folder() as folder:
        changes = {
            "Plugins": _plugins(base, plugin),
            "PythonScript": str(source),
            # First what may fail, then the notes on ports that are taken.
            **_storage(base, storage, folder),
            **_ports(base, http_port, dicom_port),
        }
        wanted = {"Count": workers, "ReloadOnChange": reload or None}
        if variables:
            wanted |= debugging_settings(base, workers)
        changes["Python"] = {"Workers": _workers(base, wanted)}
        configuration = merge(_without_script(base), changes)
        path = folder / "orthanc.json"
        path.write_text(json.dumps(configuration, indent=2), encoding="utf-8")
        scheme = "https" if configuration.get("SslEnabled") is True else "http"
        url = f"{scheme}://localhost:{configuration['HttpPort']}"
        _say(f"{url}/ until Ctrl-C")
        with ExitStack() as stack:
            stack.enter_context(restored_terminal())
            users = configuration.get("RegisteredUsers")
            announce = stack.enter_context(announced_routes(url, users))
            process = OrthancProcess(path, variables, announce)
            if reload:
                settings = _settings(configuration)
                plan = plan_of([source], configuration, settings, configured=True)
                timeout = settings.workers.startup_timeout
                stack.enter_context(reloading(source, plan, timeout, process.restart))
            code = process.run()
    raise typer.Exit(code)


def _settings(configuration: Configuration) -> Settings:
    try:
        return Settings.from_configuration(configuration)
    except SettingsError as error:
        raise CommandError(str(error)) from None


def _script(script: Path) -> Path:
    if not script.is_file():
        raise CommandError(f"there is no script {script}")
    return script.resolve()


def _plugins(base: Configuration, plugin: Path) -> list[str]:
    others = base.get("Plugins", [])
    if not isinstance(others, list):
        raise CommandError('"Plugins" in the configuration must be a list')
    return [entry for entry in others if Path(entry).name != LIBRARY] + [str(plugin)]


def _without_script(base: Configuration) -> Configuration:
    """The configuration may name a script of its own, in two ways; the command line wins."""
    python = base.get("Python")
    if isinstance(python, dict) and "Path" in python:
        return base | {"Python": {key: value for key, value in python.items() if key != "Path"}}
    return base


def _workers(base: Configuration, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What to merge into ``Python.Workers``, which may be a number; None changes nothing."""
    python = base.get("Python")
    given = python.get("Workers") if isinstance(python, dict) else None
    count = {} if given is None or isinstance(given, dict) else {"Count": given}
    return count | {key: value for key, value in wanted.items() if value is not None}


def _ports(base: Configuration, http_port: int | None, dicom_port: int | None) -> dict[str, int]:
    http = _port(http_port or base.get("HttpPort", HTTP_PORT), "HTTP", frozenset())
    dicom = _port(dicom_port or base.get("DicomPort", DICOM_PORT), "DICOM", frozenset({http}))
    return {"HttpPort": http, "DicomPort": dicom}


def _port(wanted: object, kind: str, taken: frozenset[int]) -> int:
    try:
        number = int(str(wanted))
    except ValueError:
        raise CommandError(f"the {kind} port must be a number, not {wanted!r}") from None
    return choose_port(number, kind, taken)


def _storage(base: Configuration, storage: Path | None, folder: Path) -> dict[str, str]:
    if storage is None and "StorageDirectory" in base:
        return {}
    if storage is None:
        chosen = folder / "storage"
        _say("images are removed at the end; --storage DIR keeps them")
    else:
        chosen = storage.resolve()
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot create the storage {chosen}: {error.strerror}") from None
    return {"StorageDirectory": str(chosen), "IndexDirectory": str(chosen)}


@contextmanager
def _folder() -> Iterator[Path]:
    """A private folder for the configuration, which may hold passwords; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="orthanc-runtime-serve-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _say(message: str) -> None:
    print(f"orthanc-runtime: {message}", file=sys.stderr, flush=True)
