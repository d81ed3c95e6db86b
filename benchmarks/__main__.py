# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python benchmarks`` and ``python -m benchmarks`` alike."""

import sys
from pathlib import Path

if not __package__:  # run as a folder: its own modules are not found otherwise
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.command import main

if __name__ == "__main__":
    sys.exit(main())
