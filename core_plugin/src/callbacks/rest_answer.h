// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Python code of the master interpreter that answers a REST request.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <functional>
#include <string>

#include "runtime.h"

namespace orthanc_runtime {

/// Calls `handler` with the request's output, sends what it answers, and makes an error of what it
/// raises and of no answer at all; that is 503 where the stop of Orthanc has cancelled a coroutine.
/// The result is for the core. Throws std::bad_alloc.
OrthancPluginErrorCode answer_in_master(
    Runtime& now, OrthancPluginRestOutput* output, const char* method, const char* uri,
    const std::function<void(const pybind11::object& output)>& handler);

/// Says what went wrong in the core's answer, as far as HttpDescribeErrors allows.
void describe_error(const Runtime& now, OrthancPluginRestOutput* output, const std::string& text);

}  // namespace orthanc_runtime
