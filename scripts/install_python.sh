#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs groups of requirements of pyproject.toml into .venv, once for each state of that file.
set -eu

wanted=.venv/requirements
mkdir -p "$wanted"
for group in "$@"; do
  .venv/bin/python scripts/requirements.py "$group" >"$wanted/$group.new"
  cmp -s "$wanted/$group.new" "$wanted/$group" || set -- "$@" -r "$wanted/$group.new"
  shift
done
[ $# -gt 0 ] || exit 0

echo "Installing Python packages into .venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_RETRIES="${PIP_RETRIES:-2}"
log=$wanted/pip.log
if ! .venv/bin/pip install "$@" </dev/null >"$log" 2>&1; then
  grep -E '^ *(ERROR|error)' "$log" | tail -n 3 >&2 || true
  echo "pip failed (.venv/requirements/pip.log): where the package index is not reached directly," \
    "set PIP_INDEX_URL, PIP_CERT or https_proxy" >&2
  exit 1
fi
for file in "$wanted"/*.new; do mv "$file" "${file%.new}"; done
