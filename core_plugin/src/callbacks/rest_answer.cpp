// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest_answer.h"

#include <memory>

#include "bindings/rest_output.h"
#include "errors.h"
#include "python_stack.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

/// The code for the core where the handler raised; Success where it returned.
OrthancPluginErrorCode call_handler(const std::function<void(const py::object&)>& handler,
                                    const std::shared_ptr<OutputState>& state,
                                    std::string& error_text) {
  release_parked();
  struct Loan {
    OutputState& state;
    ~Loan() { close(state); }
  } const loan{*state};
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  try {
    handler(make_rest_output(state));
  } catch (py::error_already_set& error) {
    error.restore();
    code = report_python_error("the REST callback", &error_text);
  }
  return code;
}

}  // namespace

OrthancPluginErrorCode answer_in_master(Runtime& now, OrthancPluginRestOutput* output,
                                        const char* method, const char* uri,
                                        const std::function<void(const py::object&)>& handler) {
  const Watchdog::Handler running(now.watchdog);
  const auto state = std::make_shared<OutputState>(output);
  std::string error_text;
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  enter_python([&] { code = call_handler(handler, state, error_text); });
  flush(*state);
  park(*state);
  if (state->answered) {
    return OrthancPluginErrorCode_Success;
  }
  if (code == OrthancPluginErrorCode_Success) {
    error_text = "The handler ended without an answer";
    OrthancPluginLogError(sdk(), (std::string(method) + " " + uri + ": " + error_text).c_str());
    code = OrthancPluginErrorCode_Plugin;
  }
  if (!state->has_details) {
    describe_error(now, output, error_text);
  }
  return code;
}

void describe_error(const Runtime& now, OrthancPluginRestOutput* output, const std::string& text) {
  if (now.describe_errors()) {
    OrthancPluginSetHttpErrorDetails(sdk(), output, text.c_str(), 0);
  }
}

}  // namespace orthanc_runtime
