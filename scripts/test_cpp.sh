#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the C++ tests that the build has made.
set -eu

build=$(.venv/bin/python scripts/build_folder.py)
ctest --test-dir "$build/tests/cpp" --output-on-failure --no-tests=error --timeout 120
