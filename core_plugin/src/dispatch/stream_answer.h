// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that a worker sends chunk by chunk, and whose client may leave meanwhile.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string_view>

#include "dispatch/frame.h"

namespace orthanc_runtime {

/// Is this the head of StartStreamAnswer or SendStreamChunk? Throws ProtocolError for bad arguments
/// of these.
bool is_stream_call(const Json& head);

/// Orthanc's own code; UnknownPluginService where the SDK is too old.
OrthancPluginErrorCode apply_stream_call(OrthancPluginRestOutput* output, const Json& head,
                                         std::string_view body);

}  // namespace orthanc_runtime
