#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the plugin with the SDK of a newer Orthanc and runs tests on the installed one.
# Argument: the folder that holds the newer orthanc/OrthancCPlugin.h. The tree's own build stays.
set -eu

sdk=$1
if [ ! -f "$sdk/orthanc/OrthancCPlugin.h" ]; then
  echo "SDK=$sdk holds no orthanc/OrthancCPlugin.h" >&2
  exit 1
fi

place=$(pwd -P)/build/newer-sdk
python=$place/venv/bin/python
# Alone: other headers of that folder belong to another system.
headers=$place/include/orthanc
if ! diff -rq "$sdk/orthanc" "$headers" >/dev/null 2>&1; then
  rm -rf "$headers"
  mkdir -p "$headers"
  cp "$sdk"/orthanc/* "$headers"
fi
.venv/bin/python -m venv --without-pip "$place/venv"
# A path and no more: the editable installation of .venv is not seen from here.
.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
  >"$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/requirements.pth"

echo "Building the plugin with $sdk"
log=$place/build.log
if ! .venv/bin/pip --python "$python" install --disable-pip-version-check --no-input -v \
  --no-build-isolation --no-deps --ignore-installed \
  --config-settings=build-dir="$place/cmake" \
  --config-settings=cmake.define.ORTHANC_SDK_DIR="$place/include" \
  --config-settings=cmake.define.ORTHANC_RUNTIME_TESTS=OFF \
  --config-settings=cmake.define.ORTHANC_RUNTIME_WERROR=ON . </dev/null >"$log" 2>&1; then
  grep -E -A 5 ': error:|CMake Error|^ *codegen:' "$log" | head -n 40 | grep . >&2 ||
    tail -n 20 "$log" >&2
  echo "The build failed; all of it is in $log" >&2
  exit 1
fi

built=$("$python" -P -c 'import orthanc_runtime.sdk; print(orthanc_runtime.sdk.SDK_VERSION)')
running=$(PATH=$PATH:/usr/sbin Orthanc --version | sed -n '1s/.* //p')
if [ "$(printf '%s\n' "$built" "$running" | sort -V | tail -n 1)" = "$running" ]; then
  echo "SDK $built is not newer than the installed Orthanc $running" >&2
  exit 1
fi
echo "Testing the plugin for SDK $built in Orthanc $running"

cd tests/orthanc
exec "$python" -P -m pytest -q test_newer_sdk.py test_orthanc_module.py test_changes.py \
  test_find_scp.py test_http_authentication.py test_jobs.py test_move_scp.py \
  test_offload_handlers.py test_rest_requests.py test_storage_area.py test_storage_commitment.py \
  test_webdav.py test_worklists.py
