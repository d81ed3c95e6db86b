# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading the user's scripts, under the same names in both interpreters."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from .addresses import AddressTable
from .errors import StartupError

PRIVATE_PREFIX = "orthanc_script_"
PACKAGE_FILE = "__init__.py"
# A JSON list of folders, by which the fork server finds the user's own modules.
FOLDERS_VARIABLE = "ORTHANC_RUNTIME_SCRIPT_FOLDERS"


@dataclass(frozen=True)
class Script:
    """A script, and the module that it is."""

    path: Path
    module: str


def check_scripts(paths: Sequence[Path]) -> None:
    """Raises StartupError for the first file that cannot be a script, or is one already."""
    places = [path.resolve() for path in paths]
    for index, (path, place) in enumerate(zip(paths, places, strict=True)):
        key = "PythonScript" if len(paths) == 1 else f"PythonScript[{index}]"
        _check(path, key)
        if places.index(place) < index:
            raise StartupError(f"{key}: {path} is the same file as [{places.index(place)}]")


def name_scripts(paths: Iterable[Path]) -> list[Script]:
    """Decide the ``__name__`` of each script: its file name without ``.py``, as for an import; that
    of its folder for ``__init__.py``, which is a package.

    Where another module or an earlier script has that name, or the name has dots, it is a private
    one. The names depend on what is installed and loaded: the master decides, its workers are told.
    """
    absolute = [path.absolute() for path in paths]
    taken: list[str] = []
    for path in absolute:
        name = _stem(path)
        if "." in name or name in taken or _is_taken(name, path, absolute):
            name = PRIVATE_PREFIX + name.replace(".", "_")
        number, unnumbered = 1, name
        while name in taken:
            number += 1
            name = f"{unnumbered}_{number}"
        taken.append(name)
    return [Script(path, name) for path, name in zip(absolute, taken, strict=True)]


def load_scripts(scripts: Sequence[Script], table: AddressTable) -> None:
    """Import the scripts one after the other, each with its folder first in ``sys.path``;
    ``table`` learns whose registrations come. A script that an earlier one has imported is not
    imported once more.

    Afterwards the folders are first in the order of the scripts. Raises as :func:`load_script`.
    """
    for script in scripts:
        table.module = script.module
        loaded = sys.modules.get(script.module)
        if loaded is None or _place(loaded) != script.path:
            load_script(script.path, script.module)
    folders = folders_of(scripts)
    sys.path[:] = [*folders, *(entry for entry in sys.path if entry not in folders)]


def folders_of(scripts: Sequence[Script]) -> list[str]:
    """Where the scripts lie, in their order, each once."""
    return list(dict.fromkeys(str(script.path.parent) for script in scripts))


def hidden_modules(scripts: Sequence[Script]) -> Mapping[Path, Path]:
    """Files beside a script that ``import`` does not find, since a file beside another script has
    the same name and is loaded; the values are those."""
    hidden = {}
    folders = dict.fromkeys(script.path.parent for script in scripts)
    own = {script.path for script in scripts}
    for module in list(sys.modules.values()):
        place = _place(module)
        if place is None or place.parent not in folders or place in own:
            continue
        for folder in folders:
            other = folder / place.name
            if folder != place.parent and other not in own and other.is_file():
                hidden[other] = place
    return hidden


def load_script(path: Path, name: str | None = None) -> ModuleType:
    """Import the script and put its folder first in ``sys.path``.

    ``name`` is the module name that the other interpreter uses. Raises StartupError where the
    file cannot be a script, and whatever the script itself raises.
    """
    path = path.absolute()
    _check(path, "PythonScript")
    if name is None:
        (script,) = name_scripts([path])
        name = script.module
    folder = str(path.parent)
    sys.path[:] = [folder, *(entry for entry in sys.path if entry != folder)]
    importlib.invalidate_caches()
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    search = [folder] if path.name == PACKAGE_FILE else None
    spec = importlib.util.spec_from_file_location(
        name, path, loader=loader, submodule_search_locations=search
    )
    if spec is None:
        raise StartupError(f"PythonScript: {path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    # Before it runs, so that classes and functions of the script pickle by reference.
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException as error:
        sys.modules.pop(name, None)
        if isinstance(error, ModuleNotFoundError) and error.name:
            # Scripts often work elsewhere, in another environment.
            error.add_note(
                f"{error.name} is neither beside the script nor installed in {sys.prefix}; "
                f"what is a package: {sys.executable} -m pip install ..."
            )
        raise
    return module


def unload(folder: Path) -> list[str]:
    """Forget the modules that were imported from the script's folder; their names, sorted.

    Extension modules stay, since most cannot be loaded twice, and so does what is installed
    below the folder: a virtual environment, this package.
    """
    folder = folder.absolute()
    installed = [
        Path(entry).absolute()
        for entry in (sys.prefix, sys.base_prefix, *sys.path)
        if entry
        and Path(entry).absolute().is_relative_to(folder)
        and Path(entry).absolute() != folder
    ]
    purged = []
    for name, module in list(sys.modules.items()):
        place = _place(module)
        if (
            place is None
            or not place.is_relative_to(folder)
            or any(place.is_relative_to(root) for root in installed)
            or name.partition(".")[0] in ("orthanc", "orthanc_runtime", "__main__")
            or place.name.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES))
        ):
            continue
        del sys.modules[name]
        purged.append(name)
    importlib.invalidate_caches()
    return sorted(purged)


def _check(path: Path, key: str) -> None:
    try:
        path.stat()
    except PermissionError:
        raise StartupError(
            f"{key}: {path}: user {os.geteuid()} may not enter one of its folders (PermissionError)"
        ) from None
    except OSError:
        pass  # said below
    if path.suffix != ".py" or path.is_dir():
        raise StartupError(f'{key}: Python script must have the ".py" file extension: {path}')
    if not path.exists():
        where = "the file" if path.parent.is_dir() else f"the folder {path.parent}"
        raise StartupError(f"{key}: {path}: {where} does not exist")
    if _stem(path) == "orthanc":
        raise StartupError(
            f"{key}: {path} hides the module that `import orthanc` is about: rename it"
        )


def _stem(path: Path) -> str:
    return path.parent.name if path.name == PACKAGE_FILE else path.stem


def _is_taken(stem: str, path: Path, scripts: list[Path]) -> bool:
    if stem in sys.builtin_module_names or stem in sys.stdlib_module_names:
        return True
    if stem == "orthanc_runtime" or stem.startswith("__"):
        return True
    loaded = sys.modules.get(stem)
    if loaded is not None:
        return _place(loaded) != path
    folders = [str(script.parent) for script in scripts]
    elsewhere = [
        entry
        for entry in dict.fromkeys([*folders, *sys.path])
        if Path(entry).absolute() != path.parent
    ]
    spec = importlib.machinery.PathFinder.find_spec(stem, elsewhere)
    # A mere folder of that name is no module; that of another script is decided by their order.
    return (
        spec is not None
        and spec.loader is not None
        and (spec.origin is None or Path(spec.origin).absolute() not in scripts)
    )


def _place(module: object) -> Path | None:
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return Path(file).absolute()
    entries = list(getattr(module, "__path__", None) or ())  # a package without __init__.py
    return Path(entries[0]).absolute() if entries and isinstance(entries[0], str) else None
