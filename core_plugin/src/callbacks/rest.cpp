// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest.h"

#include <string>

#include "bindings/conversions.h"
#include "bindings/rest_output.h"
#include "callbacks/rest_request.h"
#include "dispatch/answer.h"
#include "dispatch/request_head.h"
#include "errors.h"
#include "python_stack.h"
#include "runtime.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

struct Request {
  OrthancPluginRestOutput* output;
  const char* uri;
  const OrthancPluginHttpRequest& content;

  const char* method() const { return method_name(content.method); }
};

/// From here to the answer without the GIL.
OrthancPluginErrorCode serve_in_worker(const Runtime& now, Pool& pool, const Route& route,
                                       const Request& request, bool from_worker) {
  Answer answer(request.output, request.method(), request.uri, now.describe_errors());
  Task task;
  task.label = std::string(request.method()) + " " + request.uri;
  task.head = request_head(route.address, request.uri, request.content);
  task.body.push_back({const_cast<void*>(request.content.body), request.content.bodySize});
  task.timeout = route.timeout < 0 ? pool.limits().task_timeout : route.timeout;
  task.may_queue = !from_worker;
  task.sink = &answer;
  return answer.finish(pool.run(task));
}

/// The code for the core where the handler raised; Success where it returned.
OrthancPluginErrorCode call_handler(const Route& route, const Request& request,
                                    const std::shared_ptr<OutputState>& state,
                                    std::string& error_text) {
  release_parked();
  struct Loan {
    OutputState& state;
    ~Loan() { close(state); }
  } const loan{*state};
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  try {
    const py::object output = make_rest_output(state);
    route.callback(output, copy_string(request.uri), **request_arguments(request.content));
  } catch (py::error_already_set& error) {
    error.restore();
    code = report_python_error("the REST callback", &error_text);
  }
  return code;
}

OrthancPluginErrorCode serve_in_master(Runtime& now, const Route& route, const Request& request) {
  const Watchdog::Handler handler(now.watchdog);
  const auto state = std::make_shared<OutputState>(request.output);
  std::string error_text;
  OrthancPluginErrorCode code = OrthancPluginErrorCode_Success;
  enter_python([&] { code = call_handler(route, request, state, error_text); });
  flush(*state);
  park(*state);
  if (state->answered) {
    return OrthancPluginErrorCode_Success;
  }
  if (code == OrthancPluginErrorCode_Success) {
    error_text = "The handler ended without an answer";
    OrthancPluginLogError(
        sdk(), (std::string(request.method()) + " " + request.uri + ": " + error_text).c_str());
    code = OrthancPluginErrorCode_Plugin;
  }
  if (now.describe_errors() && !state->has_details) {
    OrthancPluginSetHttpErrorDetails(sdk(), request.output, error_text.c_str(), 0);
  }
  return code;
}

OrthancPluginErrorCode serve(size_t index, const Request& request) {
  Runtime& now = runtime();
  const Route& route = now.routes.at(index);
  const std::shared_ptr<Pool> pool = now.pool();
  const bool from_worker = pool && carries_token(request.content, pool->limits().token);
  const Gate::Pass pass(now.gate, from_worker);
  if (pass.refusal() != nullptr) {
    send_error_status(request.output, 503, pass.refusal(), request.method(), request.uri,
                      now.describe_errors());
    return OrthancPluginErrorCode_Success;
  }
  if (route.offloaded && pool) {
    return serve_in_worker(now, *pool, route, request, from_worker);
  }
  return serve_in_master(now, route, request);
}

}  // namespace

OrthancPluginErrorCode serve_route(size_t index, OrthancPluginRestOutput* output, const char* uri,
                                   const OrthancPluginHttpRequest* request) noexcept {
  try {
    return serve(index, Request{output, uri, *request});
  } catch (const std::exception& error) {
    OrthancPluginLogError(sdk(), (std::string(uri) + ": " + error.what()).c_str());
    return OrthancPluginErrorCode_Plugin;
  }
}

}  // namespace orthanc_runtime
