#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Source distribution and wheel, in dist/. The wheel is built from the source distribution, in an
# environment of its own. Argument: the Python that it is for.
set -eu

environment=build/dist-environment
rm -rf "$environment" dist
"$1" -m venv "$environment"
"$environment/bin/pip" install --disable-pip-version-check --no-input --quiet build
"$environment/bin/python" -m build --outdir dist . >build/dist.log 2>&1 || {
  tail -n 30 build/dist.log >&2
  echo "The build failed; all of it is in build/dist.log" >&2
  exit 1
}
ls dist
