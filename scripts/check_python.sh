#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Formats and types of the Python code. The types are checked where the build has put generated
# modules beside the others.
set -eu

build=$(.venv/bin/python scripts/build_folder.py)
.venv/bin/ruff check .
.venv/bin/ruff format --check .
export MYPYPATH="$build/python:$build/generated:core_plugin:tests/orthanc:tests/pool:tests/unit:benchmarks/scripts:scripts:samples/workers/shared_model"
.venv/bin/mypy -p orthanc_runtime
.venv/bin/mypy --explicit-package-bases samples
.venv/bin/mypy --explicit-package-bases --exclude tests/pool/conftest.py benchmarks \
  config core_plugin/codegen scripts tests
# of the same name as the one in tests/orthanc
.venv/bin/mypy tests/pool/conftest.py
