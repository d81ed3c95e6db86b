// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where error codes of the SDK become Python exceptions, and the other way round.
#pragma once

#include <orthanc/OrthancCPlugin.h>

#include <string>

#include "dispatch/log_writer.h"

namespace orthanc_runtime {

/// Raise orthanc.OrthancException(code, description). All of these need the GIL.
[[noreturn]] void throw_sdk_error(OrthancPluginErrorCode code);
[[noreturn]] void throw_sdk_error(OrthancPluginErrorCode code, const std::string& description);

/// Raises unless the code says success.
void check(OrthancPluginErrorCode code);

/// Takes the current Python exception off the thread, writes it to Orthanc's log ("Error in " where
/// ", traceback:", then type, message, traceback), and gives the code that the callback returns to
/// Orthanc: that of an OrthancException, otherwise OrthancPluginErrorCode_Plugin. After a C++ catch
/// of py::error_already_set, call its restore() first. `summary` receives "Type: message".
OrthancPluginErrorCode report_python_error(LogCode line, const char* where,
                                           std::string* summary = nullptr) noexcept;

}  // namespace orthanc_runtime
