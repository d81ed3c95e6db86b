# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module ``orthanc`` offers in this very Orthanc, with signatures and descriptions.

Try: curl http://localhost:8042/python-api
     curl 'http://localhost:8042/python-api?name=RestApiGet'
"""

import inspect
import json
from typing import Unpack

import orthanc

from orthanc_runtime import RestRequest


def describe(name: str) -> str:
    found = getattr(orthanc, name)
    kind = "class" if inspect.isclass(found) else "function" if callable(found) else "value"
    return f"{kind} {name}\n\n{inspect.getdoc(found) or ''}\n"


def OnPythonApi(output: orthanc.RestOutput, uri: str, **request: Unpack[RestRequest]) -> None:
    if request["method"] != "GET":
        output.SendMethodNotAllowed("GET")
        return
    public = sorted(name for name in dir(orthanc) if not name.startswith("_"))
    name = request["get"].get("name")
    if name is None:
        output.AnswerBuffer(json.dumps(public, indent=2), "application/json")
    elif name in public:
        output.AnswerBuffer(describe(name), "text/plain; charset=utf-8")
    else:
        output.SendHttpStatus(404, f"orthanc has no {name}\n")


orthanc.RegisterRestCallback("/python-api", OnPythonApi)
