# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands where Python looks for ``orthanc`` outside Orthanc, and says why it is not there.

In Orthanc the module is a built-in one, and in a worker it is in ``sys.modules`` before the script
is imported: both are found first.
"""

raise ImportError(
    "the module orthanc exists only in Orthanc: start this script with `orthanc-runtime serve "
    'SCRIPT`, or name it as "PythonScript" in the configuration of Orthanc. Editors and type '
    "checkers find the types of the module in orthanc-stubs, which is installed.",
    name="orthanc",
)
