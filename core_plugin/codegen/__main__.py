# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m codegen --header H --compiler-include DIR``, and what to do with them.

``--output DIR`` generates, ``--coverage`` prints, ``--page FILE`` writes the page of the docs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .coverage import coverage_page, coverage_report
from .emit_calls import calls_cpp
from .emit_cpp import classes_cpp, functions_cpp
from .emit_python import sdk_py
from .emit_stubs import stubs_pyi
from .errors import GenerationError
from .parse import parse_header
from .resolve import resolve
from .sdk_overrides import SDK_OVERRIDES
from .surface import Surface

_EMITTERS = {
    "calls.cpp": calls_cpp,
    "functions.cpp": functions_cpp,
    "classes.cpp": classes_cpp,
    "sdk.py": sdk_py,
    "orthanc-stubs/__init__.pyi": stubs_pyi,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate the bindings, or print the coverage of the SDK."""
    parser = argparse.ArgumentParser(prog="codegen", description=main.__doc__)
    parser.add_argument("--header", type=Path, required=True, help="OrthancCPlugin.h")
    parser.add_argument(
        "--compiler-include",
        type=Path,
        required=True,
        help="directory with the compiler's stddef.h: gcc -print-file-name=include",
    )
    parser.add_argument("--output", type=Path, help="directory for the generated files")
    parser.add_argument("--coverage", action="store_true", help="print where each function went")
    parser.add_argument("--page", type=Path, help="file for the coverage of all releases")
    options = parser.parse_args(arguments)
    if options.output is None and options.page is None and not options.coverage:
        parser.error("one of --output, --coverage and --page is needed")
    if not options.header.is_file():
        parser.error(f"--header: no file {options.header}")
    if not (options.compiler_include / "stddef.h").is_file():
        parser.error(f"--compiler-include: no stddef.h in {options.compiler_include}")
    try:
        surface = resolve(parse_header(options.header, options.compiler_include), SDK_OVERRIDES)
    except GenerationError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return 1
    if options.output is not None:
        _write(surface, options.output)
    if options.page is not None:
        options.page.write_text(coverage_page(surface, SDK_OVERRIDES), encoding="utf-8")
    if options.coverage:
        print(coverage_report(surface))
    return 0


def _write(surface: Surface, output: Path) -> None:
    for name, emit in _EMITTERS.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(emit(surface), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
