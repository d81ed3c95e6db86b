// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The name of a request that client, logs and worker share.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>
#include <string_view>

namespace orthanc_runtime {

inline constexpr const char* kRequestIdHeader = "X-Request-Id";

/// At most 128 letters, digits, '-', '_' and '.': safe in headers, log lines and file names.
/// orthanc_runtime.workers.task_context has the same rule.
bool is_request_id(std::string_view text);

/// The X-Request-Id of the client; empty where there is none, or none that is safe.
std::string client_request_id(const OrthancPluginHttpRequest& request);

}  // namespace orthanc_runtime
