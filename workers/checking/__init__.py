# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker that only imports the script, for ``orthanc-runtime check``: no Orthanc is there."""
