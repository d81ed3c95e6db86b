// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments of a REST handler.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// The headers or GET arguments of a request; the last of equal keys wins.
pybind11::dict text_pairs(uint32_t count, const char* const* keys, const char* const* values);

/// `method groups headers`, `get` of GET, `body` of POST and PUT, and `authenticationPayload` where
/// an authentication callback has attached one.
pybind11::dict request_arguments(const OrthancPluginHttpRequest& request);

/// The same without the body, which comes in chunks.
pybind11::dict upload_arguments(const OrthancPluginHttpRequest& request);

}  // namespace orthanc_runtime
