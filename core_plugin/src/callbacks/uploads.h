// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// POST and PUT requests whose body reaches Python chunk by chunk.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// Asks `factory` for the reader of one request. The core calls the functions below with what
/// `reader` receives, all of them on one thread.
OrthancPluginErrorCode begin_upload(const pybind11::object& factory,
                                    OrthancPluginServerChunkedRequestReader** reader,
                                    const char* uri,
                                    const OrthancPluginHttpRequest& request) noexcept;

OrthancPluginErrorCode add_chunk(OrthancPluginServerChunkedRequestReader* reader, const void* data,
                                 uint32_t size) noexcept;

OrthancPluginErrorCode execute_upload(OrthancPluginServerChunkedRequestReader* reader,
                                      OrthancPluginRestOutput* output) noexcept;

/// The end of a request, also of one whose body never came.
void finalize_upload(OrthancPluginServerChunkedRequestReader* reader) noexcept;

}  // namespace orthanc_runtime
