// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The arguments of a REST handler.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

namespace orthanc_runtime {

/// `method groups get headers body`, the latter two GET only and POST or PUT only.
pybind11::dict request_arguments(const OrthancPluginHttpRequest& request);

}  // namespace orthanc_runtime
