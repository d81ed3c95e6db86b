# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The smallest script: one route that answers a line of text.

Try: curl http://localhost:8042/hello
"""

from typing import Unpack

import orthanc

from orthanc_runtime import RestRequest


def OnHello(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    output.AnswerBuffer("Hello from Python\n", "text/plain")


orthanc.RegisterRestCallback("/hello", OnHello)
