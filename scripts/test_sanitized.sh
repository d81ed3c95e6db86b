#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the C++ tests with AddressSanitizer and UndefinedBehaviorSanitizer, and runs them.
set -eu

build=build/sanitize
cmake -S . -B "$build" -G Ninja -DPython_EXECUTABLE="$PWD/.venv/bin/python" \
  -DORTHANC_RUNTIME_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug >/dev/null
ninja -C "$build" --quiet dispatch_tests embedding_tests fuzz_exchange
ctest --test-dir "$build/tests/cpp" --output-on-failure --no-tests=error --timeout 120
