// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the ending of a task is for the client, and for the log.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>

#include "dispatch/log_line.h"
#include "dispatch/task.h"

namespace orthanc_runtime {

uint16_t http_status(Ending ending);
LogCode log_code(Ending ending);

/// Answers with a status that has no OrthancPluginErrorCode (502, 503, 504), in the JSON shape of
/// the core's own errors; without a body where `describe` is false (HttpDescribeErrors).
void send_error_status(OrthancPluginRestOutput* output, uint16_t status, const std::string& message,
                       const char* method, const char* uri, bool describe);

}  // namespace orthanc_runtime
