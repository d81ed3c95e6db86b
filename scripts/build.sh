#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the plugin and installs this tree into .venv as editable; nothing to do where no source
# has changed. Argument: ON or OFF, whether to build the C++ tests, too, and to allow no warning.
set -eu

tests=$1
stamp=.venv/requirements/built
fingerprint=$(
  {
    pwd -P
    .venv/bin/python --version
    find CMakeLists.txt pyproject.toml core_plugin orthanc_runtime workers tests/cpp \
      -type f ! -path '*/__pycache__/*' ! -path '*/.ruff_cache/*' -exec cksum {} + | sort
  } | cksum
)
if grep -qxF "$fingerprint ON" "$stamp" 2>/dev/null && [ -d build ]; then exit 0; fi
if grep -qxF "$fingerprint $tests" "$stamp" 2>/dev/null && [ -d build ]; then exit 0; fi

echo "Building the plugin"
rm -f "$stamp"
mkdir -p build
log=build/build.log
if ! .venv/bin/pip install --disable-pip-version-check --no-input -v --no-build-isolation --no-deps \
  --config-settings=cmake.define.ORTHANC_RUNTIME_TESTS="$tests" \
  --config-settings=cmake.define.ORTHANC_RUNTIME_WERROR="$tests" -e . </dev/null >"$log" 2>&1; then
  grep -E -A 5 ': error:|CMake Error|^ *codegen:' "$log" | head -n 40 | grep . >&2 ||
    tail -n 20 "$log" >&2
  echo "The build failed; all of it is in $log" >&2
  exit 1
fi
echo "$fingerprint $tests" >"$stamp"
.venv/bin/orthanc-runtime plugin-path
