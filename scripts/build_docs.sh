#!/bin/sh
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The pages, in site/. A warning is an error, and so is what a browser would load from elsewhere.
set -eu

NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet
if grep -rlE '<(script|img|iframe)[^>]* src="?(https?:)?//|<link[^>]* rel="?(stylesheet|preconnect)"?[^>]* href="?(https?:)?//' \
  --include='*.html' site; then
  echo "These pages load something from another server" >&2
  exit 1
fi
echo "site/index.html"
