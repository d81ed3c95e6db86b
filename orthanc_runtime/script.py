# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading the user's script, under the same name in both interpreters."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from .errors import StartupError

PRIVATE_PREFIX = "orthanc_script_"


def module_name(path: Path) -> str:
    """The ``__name__`` of a script: its file name without ``.py``, as for an import.

    Where another module has that name, or the name has dots, it is a private one. The name
    depends on what is installed and loaded: the master decides, its workers are told.
    """
    stem = path.stem
    if "." in stem or _is_taken(stem, path):
        return PRIVATE_PREFIX + stem.replace(".", "_")
    return stem


def load_script(path: Path, name: str | None = None) -> ModuleType:
    """Import the script and put its folder first in ``sys.path``.

    ``name`` is the module name that the other interpreter uses. Raises StartupError where the
    file cannot be a script, and whatever the script itself raises.
    """
    path = path.absolute()
    _check(path)
    if name is None:
        name = module_name(path)
    folder = str(path.parent)
    sys.path[:] = [folder, *(entry for entry in sys.path if entry != folder)]
    importlib.invalidate_caches()
    loader = importlib.machinery.SourceFileLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise StartupError(f"PythonScript: {path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    # Before it runs, so that classes and functions of the script pickle by reference.
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
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


def _check(path: Path) -> None:
    if path.suffix != ".py" or path.is_dir():
        raise StartupError(
            f'PythonScript: Python script must have the ".py" file extension: {path}'
        )
    if not path.exists():
        where = "the file" if path.parent.is_dir() else f"the folder {path.parent}"
        raise StartupError(f"PythonScript: {path}: {where} does not exist")
    if path.stem == "orthanc":
        raise StartupError(
            f"PythonScript: {path} hides the module that `import orthanc` is about: rename the file"
        )


def _is_taken(stem: str, path: Path) -> bool:
    if stem in sys.builtin_module_names or stem in sys.stdlib_module_names:
        return True
    if stem == "orthanc_runtime" or stem.startswith("__"):
        return True
    loaded = sys.modules.get(stem)
    if loaded is not None:
        return _place(loaded) != path.absolute()
    elsewhere = [entry for entry in sys.path if Path(entry).absolute() != path.absolute().parent]
    spec = importlib.machinery.PathFinder.find_spec(stem, elsewhere)
    # A mere folder of that name is no module.
    return spec is not None and spec.loader is not None


def _place(module: object) -> Path | None:
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        return Path(file).absolute()
    entries = list(getattr(module, "__path__", None) or ())  # a package without __init__.py
    return Path(entries[0]).absolute() if entries and isinstance(entries[0], str) else None
