# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What workers add to the start of Orthanc, with a script that imports what scripts import."""

from __future__ import annotations

import subprocess
import sys
import sysconfig

from benchmarks.contestants import REFERENCE_PLUGIN, SCRIPTS, Contestants
from benchmarks.question import Column, Figures, Question, Ratio, Variant, at_most
from benchmarks.starts import Start
from orthanc_runtime.cli.plugin_path import find_plugin

MODULES = "numpy, pydicom, requests"
WORKERS = 4
SHARE = 1.5  # of the reference's time, and one import on top
DEADLINE = 60.0
ROUTES = {"system": "/system", "script": "/pid"}
COLUMNS = [
    Column("system", "/system ms", 1000),
    Column("script", "script ms", 1000),
    Column("imports", "imports ms", 1000),
]
IMPORTS = f"""
import time
begin = time.perf_counter()
import {MODULES}
print(time.perf_counter() - begin)
"""


def prepare(contestants: Contestants) -> Question:
    workers = {"Count": WORKERS, "Preload": MODULES.split(", ")}
    start = Start(
        find_plugin(), SCRIPTS / "imports_ours.py", {"Python": {"Workers": workers}}, ROUTES
    )
    ours = Variant("ours", f"{WORKERS} workers", start)
    variants, ratios = [ours], []
    notes = ["script ms: the first answer of the script's route, which is offloaded in ours."]
    if contestants.with_reference and _same_python():
        limit = _Limit(_reference())
        theirs = Variant("reference", "", limit.reference)
        allowed = Variant(f"{SHARE:g} x reference + one import", "", limit)
        variants += [theirs, allowed]
        ratios = [
            Ratio(f"ours / ({allowed.name})", "system", ours, allowed, at_most(1)),
            Ratio("ours / reference", "system", ours, theirs),
            Ratio("ours / reference, route of the script", "script", ours, theirs),
        ]
    elif contestants.with_reference:
        notes.append("The reference is left out: it has another Python, and cannot import these.")
    return Question(
        "orthanc_start",
        f"from exec of Orthanc to the first answers, with {MODULES}",
        COLUMNS,
        variants,
        ratios,
        notes,
    )


class _Limit:
    """What is aimed at, from the round's start of the reference and one import."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._system = 0.0

    def reference(self) -> Figures:
        figures = self._start()
        self._system = figures["system"]
        return figures

    def __call__(self) -> Figures:
        done = subprocess.run(
            [sys.executable, "-c", IMPORTS],
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
        )
        imports = float(done.stdout)
        return {"system": SHARE * self._system + imports, "imports": imports}


def _reference() -> Start:
    packages = {"PYTHONPATH": sysconfig.get_path("platlib")}  # the same as ours
    return Start(REFERENCE_PLUGIN, SCRIPTS / "imports_reference.py", {}, ROUTES, packages)


def _same_python() -> bool:
    library = "libpython{}.{}".format(*sys.version_info)
    return library.encode() in REFERENCE_PLUGIN.read_bytes()
