# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last module that the fork server imports.

What is there now is shared by all workers: the garbage collector, which writes into what it looks
at, shall not make copies of it.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
