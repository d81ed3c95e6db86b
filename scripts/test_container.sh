#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Tests the Dockerfile without Docker, see test_container.py. Needs root and a Debian mirror.
set -eu

exec python3 scripts/test_container.py "${1:-build/container}"
