# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: everybody may read, only some addresses may change or delete.

    "AccessList": { "MayWrite": ["127.0.0.1", "10.0.3.0/24"] }

Try: curl -X DELETE http://localhost:8042/studies/IDENTIFIER
"""

import ipaddress
import json
from typing import Unpack

import orthanc

from orthanc_runtime import FilteredRequest

SETTINGS = json.loads(orthanc.GetConfiguration()).get("AccessList", {})
MAY_WRITE = [ipaddress.ip_network(network) for network in SETTINGS.get("MayWrite", ["127.0.0.1"])]
# These change nothing, although they are no GET.
READING = ("/tools/find", "/tools/lookup")


def OnRequest(uri: str, **request: Unpack[FilteredRequest]) -> bool:
    if request["method"] == orthanc.HttpMethod.GET or uri in READING:
        return True
    address = ipaddress.ip_address(request["ip"])
    allowed = any(address in network for network in MAY_WRITE)
    if not allowed:
        orthanc.LogWarning(f"{request['method'].name} {uri} from {address} is not allowed")
    return allowed


orthanc.RegisterIncomingHttpRequestFilter(OnRequest)
