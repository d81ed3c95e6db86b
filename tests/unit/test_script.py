# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loading the user's script, and forgetting it."""

from __future__ import annotations

import importlib
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orthanc_runtime.addresses import AddressTable
from orthanc_runtime.errors import StartupError
from orthanc_runtime.script import (
    check_scripts,
    hidden_modules,
    load_script,
    load_scripts,
    name_scripts,
    unload,
)

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _modules_and_path() -> Iterator[None]:
    path, modules = list(sys.path), set(sys.modules)
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def module_name(path: Path) -> str:
    (script,) = name_scripts([path])
    return script.module


def write(folder: Path, name: str, source: str = "class Thing: pass\nvalue = __name__\n") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(source)
    return path


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("computation_script.py", "computation_script"),
        ("my-script.py", "my-script"),
        ("my script.py", "my script"),
        ("größe.py", "größe"),
        ("my.script.py", "orthanc_script_my_script"),
        ("json.py", "orthanc_script_json"),
        ("sys.py", "orthanc_script_sys"),
        ("pytest.py", "orthanc_script_pytest"),
        ("requests.py", "orthanc_script_requests"),
        ("orthanc_runtime.py", "orthanc_script_orthanc_runtime"),
        ("__main__.py", "orthanc_script___main__"),
    ],
)
def test_names(tmp_path: Path, file: str, name: str) -> None:
    path = write(tmp_path, file)
    assert module_name(path) == name
    module = load_script(path)
    assert (module.__name__, module.value, module.__file__) == (name, name, str(path))
    assert sys.modules[name] is module
    assert sys.path[0] == str(tmp_path)
    assert pickle.loads(pickle.dumps(module.Thing)) is module.Thing
    assert module_name(path) == name, "after loading it the name is still free for it"
    again = load_script(path)
    assert again is not module
    assert sys.path.count(str(tmp_path)) == 1


def test_names_of_several_scripts(tmp_path: Path) -> None:
    files = ["a/same.py", "b/same.py", "c/same.py", "d/pack/__init__.py", "e/my.py", "e/my-own.py"]
    paths = []
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        paths.append(write((tmp_path / file).parent, Path(file).name))
    names = ["same", "orthanc_script_same", "orthanc_script_same_2", "pack", "my", "my-own"]
    assert [script.module for script in name_scripts(paths)] == names
    # a file beside one of them takes the name that another one would have had
    write(tmp_path / "a", "my.py")
    assert [script.module for script in name_scripts(paths)][4] == "orthanc_script_my"


def test_several_scripts_are_loaded_in_their_order(tmp_path: Path) -> None:
    first = write(tmp_path / "one", "first.py", "import beside\nvalue = beside.place\n")
    write(tmp_path / "one", "beside.py", "place = 'one'\n")
    second = write(tmp_path / "two", "second.py", "import other\n")
    write(tmp_path / "two", "beside.py", "place = 'two'\n")
    write(tmp_path / "two", "other.py", "")
    (tmp_path / "pack").mkdir()
    package = write(tmp_path / "pack", "__init__.py", "from . import part\nvalue = part.value\n")
    write(tmp_path / "pack", "part.py", "value = __name__\n")
    scripts = name_scripts([first, second, package])
    check_scripts([first, second, package])
    table = AddressTable()
    load_scripts(scripts, table)
    assert table.module == "pack"
    assert sys.modules["first"].value == "one"
    assert sys.modules["pack"].value == "pack.part"
    assert sys.path[:3] == [str(tmp_path / "one"), str(tmp_path / "two"), str(tmp_path / "pack")]
    assert hidden_modules(scripts) == {tmp_path / "two/beside.py": tmp_path / "one/beside.py"}


def test_a_script_that_an_earlier_one_has_imported_runs_once(tmp_path: Path) -> None:
    first = write(tmp_path, "importing.py", "import imported\n")
    second = write(
        tmp_path, "imported.py", "import sys\nsys.counted = 1 + getattr(sys, 'counted', 0)\n"
    )
    load_scripts(name_scripts([first, second]), AddressTable())
    assert vars(sys).pop("counted") == 1


def test_a_script_that_is_listed_twice(tmp_path: Path) -> None:
    script = write(tmp_path, "once.py")
    (tmp_path / "link.py").symlink_to(script)
    with pytest.raises(
        StartupError, match=r"PythonScript\[1\]: .*link.py is the same file as \[0\]"
    ):
        check_scripts([script, tmp_path / "link.py"])
    with pytest.raises(StartupError, match=r"PythonScript\[1\]: .*absent.py"):
        check_scripts([script, tmp_path / "absent.py"])


def test_the_other_interpreter_decides_the_name(tmp_path: Path) -> None:
    module = load_script(write(tmp_path, "a.py"), "orthanc_script_a")
    assert module.value == "orthanc_script_a"


def test_a_folder_of_the_same_name_is_no_module(tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "data_folder").mkdir(parents=True)
    sys.path.append(str(tmp_path / "elsewhere"))
    assert module_name(tmp_path / "data_folder.py") == "data_folder"


def test_modules_beside_the_script_are_found(tmp_path: Path) -> None:
    write(tmp_path, "beside_the_script.py", "number = 7\n")
    script = write(tmp_path, "main_script.py", "from beside_the_script import number\n")
    assert load_script(script).number == 7


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("absent.py", "absent.py: the file does not exist"),
        ("nowhere/absent.py", "the folder .*nowhere does not exist"),
        ("script.txt", 'must have the ".py" file extension'),
        ("script.PY", 'must have the ".py" file extension'),
        ("script", 'must have the ".py" file extension'),
        ("folder.py", 'must have the ".py" file extension'),
        ("orthanc.py", "rename it"),
    ],
)
def test_what_cannot_be_a_script(tmp_path: Path, file: str, text: str) -> None:
    for name in ("script.txt", "script.PY", "script", "orthanc.py"):
        write(tmp_path, name)
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(StartupError, match=text):
        load_script(tmp_path / file)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def f(:", SyntaxError),
        ("import no_such_module", ImportError),
        ("raise SystemExit(0)", SystemExit),
        ("x = 1\0", (SyntaxError, ValueError)),
    ],
)
def test_what_a_script_raises_is_raised(
    tmp_path: Path, source: str, error: type[BaseException]
) -> None:
    path = write(tmp_path, "failing_script.py", source)
    with pytest.raises(error):
        load_script(path)
    assert "failing_script" not in sys.modules


def test_unload_forgets_what_the_script_brought(tmp_path: Path) -> None:
    folder = tmp_path / "scripts"
    write(folder, "part_of_script.py", "number = 1\n")
    (folder / "package_of_script").mkdir()
    write(folder / "package_of_script", "inner.py", "")
    installed = folder / "venv" / "site-packages"
    installed.mkdir(parents=True)
    write(installed, "installed_module.py", "")
    other = write(tmp_path / "other", "other_script_module.py", "")
    sys.path += [str(installed), str(other.parent)]
    script = write(
        folder,
        "whole_script.py",
        "import json, part_of_script, package_of_script.inner\n"
        "import installed_module, other_script_module\n",
    )
    load_script(script)
    assert unload(folder) == [
        "package_of_script",
        "package_of_script.inner",
        "part_of_script",
        "whole_script",
    ]
    assert {"json", "installed_module", "other_script_module"} <= set(sys.modules)
    (folder / "part_of_script.py").write_text("number = 2000\n")
    load_script(script)
    assert sys.modules["part_of_script"].number == 2000
    assert unload(tmp_path / "nowhere") == []


def test_unload_leaves_this_package(tmp_path: Path) -> None:
    import orthanc_runtime

    load_script(write(tmp_path, "a_script.py"))
    unload(Path(orthanc_runtime.__file__).parents[1])
    assert importlib.import_module("orthanc_runtime") is orthanc_runtime


def test_a_package_that_is_not_installed(tmp_path: Path) -> None:
    file = tmp_path / "script.py"
    file.write_text("import no_such_package.part\n")
    with pytest.raises(ModuleNotFoundError) as raised:
        load_script(file)
    (note,) = raised.value.__notes__
    assert note.startswith(
        f"no_such_package is neither beside the script nor installed in {sys.prefix}"
    )
    assert f"{sys.executable} -m pip install" in note
