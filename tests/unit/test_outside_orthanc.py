# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``import orthanc`` where there is no Orthanc."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit


def run(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """A Python of this environment, started elsewhere."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_error_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, "import orthanc")
    assert done.returncode == 1
    error = done.stderr.splitlines()[-1]
    assert error.startswith("ImportError: the module orthanc exists only in Orthanc")
    assert "`orthanc-runtime serve SCRIPT`" in error
    assert '"PythonScript"' in error
    assert "orthanc-stubs" in error


def test_each_import_says_so(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "import sys\n"
        "for _ in range(2):\n"
        "    try:\n        import orthanc\n"
        "    except ImportError as error:\n        print(error.name)\n"
        "print('orthanc' in sys.modules)\n",
    )
    assert done.stdout.split() == ["orthanc", "orthanc", "False"], done.stderr


def test_a_stand_in_of_a_test_comes_first(tmp_path: Path) -> None:
    code = "import sys, types\nsys.modules['orthanc'] = types.ModuleType('fake')\nimport orthanc\n"
    assert run(tmp_path, code + "print(orthanc.__name__)").stdout == "fake\n"


def test_the_package_does_not_need_it(tmp_path: Path) -> None:
    code = "import orthanc_runtime\nprint(orthanc_runtime.offload(lambda: 5)())"
    assert run(tmp_path, code).stdout == "5\n"
