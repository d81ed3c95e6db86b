#!/opt/orthanc-runtime/bin/python -P
# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""First process of the image: joins the configuration, then becomes Orthanc.

With arguments it becomes that command instead: ``docker run IMAGE orthanc-runtime config example``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from orthanc_runtime.cli import main
from orthanc_runtime.cli.orthanc_process import find_orthanc

DEFAULTS = Path("/opt/orthanc-runtime/container/container.json")
OWN = Path("/etc/orthanc")  # files of whoever runs the container
JOINED = Path("/tmp/orthanc.json")  # noqa: S108 - the only folder beside the storage that is writable

NOBODY = (
    "orthanc-runtime: no user is registered: set ORTHANC__REGISTERED_USERS to a JSON object such as"
    ' {"alice": "her password"}, or ORTHANC__AUTHENTICATION_ENABLED to false'
)


def start() -> int:
    """Replaces this process; returns an exit code where it cannot."""
    if len(sys.argv) > 1:
        os.execvp(sys.argv[1], sys.argv[1:])
    own = [str(OWN)] if any(OWN.glob("*.json")) else []
    code = main(["config", "from-env", str(DEFAULTS), *own, "--output", str(JOINED)])
    if code != 0:
        return code
    configuration = json.loads(JOINED.read_text(encoding="utf-8"))
    if configuration["AuthenticationEnabled"] and not configuration.get("RegisteredUsers"):
        print(NOBODY, file=sys.stderr)
        return 1
    Path(configuration["StorageDirectory"]).mkdir(parents=True, exist_ok=True)
    os.execv(find_orthanc(), ["Orthanc", str(JOINED)])


if __name__ == "__main__":
    sys.exit(start())
