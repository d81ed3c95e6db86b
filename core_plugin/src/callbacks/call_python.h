// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// How a callback of the core runs Python code.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <string>
#include <utility>

#include "dispatch/log_writer.h"
#include "errors.h"
#include "python_stack.h"
#include "runtime.h"
#include "sdk.h"

namespace orthanc_runtime {

/// Runs `body` with the GIL, on a stack that Python can use. What it raises is logged ("Error in "
/// what) and becomes a code for the core; otherwise Success. `summary` receives "Type: message".
template <class Body>
OrthancPluginErrorCode run_python(const char* what, Body&& body,
                                  std::string* summary = nullptr) noexcept {
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  try {
    const HttpThreads::InCallback in_callback;
    const Watchdog::Handler handler(runtime().watchdog);
    enter_python([&] {
      try {
        body();
      } catch (pybind11::error_already_set& error) {
        error.restore();
        code = report_python_error(LogCode::CallbackRaised, what, summary);
      } catch (const pybind11::builtin_exception& error) {
        error.set_error();
        code = report_python_error(LogCode::CallbackRaised, what, summary);
      }
    });
  } catch (const std::exception& error) {
    write_log({LogCode::CallbackFailed, std::string("Error in ") + what + ": " + error.what()});
    code = OrthancPluginErrorCode_Plugin;
  }
  return code;
}

/// The same, counted as work under way.
template <class Body>
OrthancPluginErrorCode call_python(const char* what, Body&& body,
                                   std::string* summary = nullptr) noexcept {
  const Gate::Pass pass(runtime().gate, true);
  return run_python(what, std::forward<Body>(body), summary);
}

/// The same for what must not keep the next callback from running. With the GIL.
template <class Body>
void log_python_error(const char* what, Body&& body) {
  try {
    body();
  } catch (pybind11::error_already_set& error) {
    error.restore();
    report_python_error(LogCode::CallbackRaised, what);
  } catch (const pybind11::builtin_exception& error) {
    error.set_error();
    report_python_error(LogCode::CallbackRaised, what);
  }
}

}  // namespace orthanc_runtime
