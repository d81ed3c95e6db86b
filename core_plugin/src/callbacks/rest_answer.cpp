// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest_answer.h"

#include <memory>

#include "bindings/rest_output.h"
#include "dispatch/error_status.h"
#include "dispatch/log_writer.h"
#include "errors.h"
#include "python_stack.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

struct HandlerEnding {
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;  // for the core, where it raised
  std::string error_text;
  bool cancelled = false;
};

bool is_cancelled(const py::error_already_set& error) {
  return error.matches(
      py::module_::import("orthanc_runtime.coroutine_loop").attr("CoroutineCancelled"));
}

HandlerEnding call_handler(const std::function<void(const py::object&)>& handler,
                           const std::shared_ptr<OutputState>& state) {
  release_parked();
  struct Loan {
    OutputState& state;
    ~Loan() { close(state); }
  } const loan{*state};
  HandlerEnding ending;
  try {
    handler(make_rest_output(state));
  } catch (py::error_already_set& error) {
    ending.cancelled = is_cancelled(error);
    if (!ending.cancelled) {
      error.restore();
      ending.code =
          report_python_error(LogCode::CallbackRaised, "the REST callback", &ending.error_text);
    }
  }
  return ending;
}

}  // namespace

OrthancPluginErrorCode answer_in_master(Runtime& now, OrthancPluginRestOutput* output,
                                        const char* method, const char* uri,
                                        const std::function<void(const py::object&)>& handler) {
  const Watchdog::Handler running(now.watchdog);
  const auto state = std::make_shared<OutputState>(output);
  HandlerEnding ending;
  enter_python([&] { ending = call_handler(handler, state); });
  flush(*state);
  park(*state);
  if (state->answered) {
    return OrthancPluginErrorCode_Success;
  }
  if (ending.cancelled) {
    send_error_status(output, 503, "Orthanc is stopping", method, uri, now.describe_errors());
    return OrthancPluginErrorCode_Success;
  }
  if (ending.code == OrthancPluginErrorCode_Success) {
    ending.error_text = "The handler ended without an answer";
    write_log(
        {LogCode::NoAnswerInMaster, std::string(method) + " " + uri + ": " + ending.error_text});
    ending.code = OrthancPluginErrorCode_Plugin;
  }
  if (!state->has_details) {
    describe_error(now, output, ending.error_text);
  }
  return ending.code;
}

void describe_error(const Runtime& now, OrthancPluginRestOutput* output, const std::string& text) {
  if (now.describe_errors()) {
    OrthancPluginSetHttpErrorDetails(sdk(), output, text.c_str(), 0);
  }
}

}  // namespace orthanc_runtime
