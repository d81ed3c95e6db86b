#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Looks for frames of a worker that Orthanc does not survive, with libFuzzer under AddressSanitizer.
# Argument: seconds. What covers new code is added to tests/data/hostile_frames.
set -eu

seconds=${1:-600}
build=build/fuzz
corpus=tests/data/hostile_frames
clang=
for found in /usr/bin/clang++ /usr/bin/clang++-[0-9]*; do
  [ ! -x "$found" ] || clang=$found
done
if [ -z "$clang" ]; then
  echo "there is no clang++: apt-get install clang" >&2
  exit 1
fi
cmake -S . -B "$build" -G Ninja -DPython_EXECUTABLE="$PWD/.venv/bin/python" \
  -DCMAKE_CXX_COMPILER="$clang" -DORTHANC_RUNTIME_SANITIZE=ON -DORTHANC_RUNTIME_FUZZ=ON \
  -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
ninja -C "$build" --quiet fuzz_exchange
found=$build/found
mkdir -p "$found" "$build/merged" "$corpus"
"$build/tests/cpp/fuzz_exchange" -max_total_time="$seconds" -max_len=4096 -timeout=20 -malloc_limit_mb=8000 \
  -artifact_prefix="$build/" "$found" "$corpus"
"$build/tests/cpp/fuzz_exchange" -merge=1 -use_counters=0 "$corpus" "$found"
