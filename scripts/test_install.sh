#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Follows docs/install.md in a fresh Debian, see test_install.py. Needs root and a Debian mirror.
set -eu

exec env PYTHONPATH=tests/orthanc python3 scripts/test_install.py "${1:-build/machine}"
