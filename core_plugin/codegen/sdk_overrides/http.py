# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters and clients of HTTP, WebDAV, metrics, audit logs."""

from __future__ import annotations

from codegen.overrides import Overrides, later

HTTP = Overrides(
    functions=dict.fromkeys(
        (
            "ChunkedHttpClient",
            "RegisterAuditLogHandler",
            "RegisterChunkedRestCallback",
            "RegisterHttpAuthentication",
            "RegisterIncomingHttpRequestFilter",
            "RegisterIncomingHttpRequestFilter2",
            "RegisterRefreshMetricsCallback",
            "RegisterWebDavCollection",
        ),
        later("takes a callback"),
    ),
    nullable=frozenset(
        (name, "body")
        for name in ("CallPeerApi", "CallRestApi", "HttpClient", "HttpPost", "HttpPut")
    ),
)
