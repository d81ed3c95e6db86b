#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Argument "format": the format of the C++ code. Argument "tidy": clang-tidy, where it is built.
set -eu

sources() { find core_plugin/src tests/cpp \( -name '*.cpp' -o -name "$1" \) -type f | sort; }

case $1 in
format)
  sources '*.h' | xargs clang-format --dry-run -Werror
  ;;
tidy)
  build=$(.venv/bin/python scripts/build_folder.py)
  # The tests are left out: the macros of doctest trip several checks.
  sources '*.cpp' | grep -v '^tests/' |
    timeout 1800 xargs -n 1 -P "$(nproc)" clang-tidy -p "$build" --quiet
  ;;
*)
  echo "usage: check_cpp.sh format|tidy" >&2
  exit 2
  ;;
esac
