// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The way of a line into Orthanc's log, as text or as JSON.
#pragma once

#include "dispatch/log_line.h"
#include "sdk.h"

namespace orthanc_runtime {

enum class LogFormat { Text, Json };

/// For all lines from now on.
void set_log_format(LogFormat format);

/// Nothing where there is no core yet.
void write_log(const LogLine& line);

/// A log call of the script on its way to the core: true where it was written as JSON instead.
bool log_as_json(_OrthancPluginService service, const void* parameters);

}  // namespace orthanc_runtime
