// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// REST requests to routes of the script, in the master interpreter or in a worker.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <cstddef>

namespace orthanc_runtime {

OrthancPluginErrorCode serve_route(size_t index, OrthancPluginRestOutput* output, const char* uri,
                                   const OrthancPluginHttpRequest* request) noexcept;

}  // namespace orthanc_runtime
