# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m orthanc_runtime.cli``, where the script is not on the PATH."""

from __future__ import annotations

import sys

from orthanc_runtime.cli import main

if __name__ == "__main__":
    sys.exit(main())
