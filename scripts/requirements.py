# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the requirements of a group of pyproject.toml, for ``pip install -r``.

Groups: ``build`` (of the build system), ``run`` (of the package), and its optional ones.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path


def requirements(group: str) -> list[str]:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    if group == "build":
        found = project["build-system"]["requires"]
    elif group == "run":
        found = project["project"]["dependencies"]
    else:
        found = project["project"]["optional-dependencies"][group]
    return [str(requirement) for requirement in found]


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1])))
