// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The head of a TASK frame for a REST request.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orthanc_runtime {

const char* method_name(OrthancPluginHttpMethod method);

/// Empty where the request has none of that name, whatever its case.
std::string_view request_header(const OrthancPluginHttpRequest& request, const char* name);

/// What the callback of HTTP authentication has attached to the request; empty where there is none.
std::string_view authentication_payload(const OrthancPluginHttpRequest& request);

/// `[0, address, method, uri, groups, get, headers, payload]`, see orthanc_runtime/protocol.py.
std::vector<uint8_t> request_head(const std::string& address, const char* uri,
                                  const OrthancPluginHttpRequest& request);

/// True where the request carries the token, that is, comes from a worker.
bool carries_token(const OrthancPluginHttpRequest& request, std::string_view token);

}  // namespace orthanc_runtime
