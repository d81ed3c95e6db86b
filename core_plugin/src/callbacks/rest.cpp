// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest.h"

#include <string>

#include "bindings/conversions.h"
#include "callbacks/coroutines.h"
#include "callbacks/rest_answer.h"
#include "callbacks/rest_request.h"
#include "dispatch/answer.h"
#include "dispatch/error_status.h"
#include "dispatch/log_writer.h"
#include "dispatch/request_head.h"
#include "dispatch/request_id.h"
#include "dispatch/rest_capture.h"
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
                                       const Request& request, const Pool* origin) {
  Task task;
  task.request_id = client_request_id(request.content);
  const std::string id = task.request_id.empty() ? std::to_string(task.id) : task.request_id;
  Answer answer(request.output, request.method(), request.uri, now.describe_errors(), id,
                route.address);
  task.label = std::string(request.method()) + " " + request.uri;
  task.head = request_head(route.address, request.uri, request.content);
  task.body.push_back({const_cast<void*>(request.content.body), request.content.bodySize});
  task.timeout = route.timeout < 0 ? pool.limits().task_timeout : route.timeout;
  task.handler = route.address;
  task.idempotent = route.idempotent;
  task.cancellable = route.cancellable;
  task.concurrency = route.concurrency;
  task.may_queue = origin == nullptr || pool.may_queue_from(*origin);
  task.sink = &answer;
  return answer.finish(pool.run(task));
}

OrthancPluginErrorCode serve_in_master(Runtime& now, const Route& route, const Request& request) {
  const SlowHandlers::Call call(now.slow_handlers, request.method(), route.pattern);
  return answer_in_master(
      now, request.output, request.method(), request.uri, [&](const py::object& output) {
        finish_coroutine(now, route.callback(output, copy_string(request.uri),
                                             **request_arguments(request.content)));
      });
}

OrthancPluginErrorCode serve(size_t index, const Request& request) {
  Runtime& now = runtime();
  const HttpThreads::InRoute in_route(*now.http_threads);
  const Route& route = now.routes.at(index);
  const std::shared_ptr<const Pools> pools = now.pools();
  const Pool* const origin = pools->origin(request.content);
  const Gate::Pass pass(now.gate, origin != nullptr);
  if (pass.refusal() != nullptr) {
    send_error_status(request.output, 503, pass.refusal(), request.method(), request.uri,
                      now.describe_errors());
    return OrthancPluginErrorCode_Success;
  }
  if (Pool* const pool = route.offloaded ? pools->find(route.pool) : nullptr) {
    return serve_in_worker(now, *pool, route, request, origin);
  }
  return serve_in_master(now, route, request);
}

}  // namespace

OrthancPluginErrorCode serve_route(size_t index, OrthancPluginRestOutput* output, const char* uri,
                                   const OrthancPluginHttpRequest* request) noexcept {
  try {
    OrthancPluginRestOutput* const answered = RestCapture::claim(output, request->method, uri);
    return serve(index, Request{answered, uri, *request});
  } catch (const std::exception& error) {
    write_log({LogCode::CallbackFailed, std::string(uri) + ": " + error.what()});
    return OrthancPluginErrorCode_Plugin;
  }
}

}  // namespace orthanc_runtime
