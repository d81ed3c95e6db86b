#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Argument "format": the format of the C++ code. Argument "tidy": clang-tidy, where it is built.
set -eu

case $1 in
format)
  find core_plugin/src tests/cpp benchmarks/floor \( -name '*.cpp' -o -name '*.h' \) -type f \
    -exec clang-format --dry-run -Werror {} +
  ;;
tidy)
  build=$(.venv/bin/python scripts/build_folder.py)
  # As compiled, several sources may be one unit. Generated code is left out, and so are the tests:
  # the macros of doctest trip several checks.
  .venv/bin/python scripts/tidy_units.py "$build" |
    timeout 1800 xargs -0 -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet
  ;;
*)
  echo "usage: check_cpp.sh format|tidy" >&2
  exit 2
  ;;
esac
