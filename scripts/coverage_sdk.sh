#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints what became of each function of an SDK header, and writes docs/sdk-coverage.md.
# Argument: the folder that holds orthanc/OrthancCPlugin.h, or the header itself.
set -eu

header=$1
[ ! -d "$header" ] || header=$header/orthanc/OrthancCPlugin.h
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=core_plugin .venv/bin/python -m codegen \
  --header "$header" --compiler-include "$(g++ -print-file-name=include)" \
  --coverage --page docs/sdk-coverage.md
