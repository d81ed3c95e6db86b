// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/operations.h"

#include <Python.h>
#include <unistd.h>

#include <exception>

#include "callbacks/stacks.h"
#include "dispatch/error_status.h"
#include "dispatch/log_writer.h"
#include "dispatch/pool_status.h"
#include "dispatch/request_head.h"
#include "dispatch/rest_capture.h"
#include "runtime.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace {

using OrderedJson = nlohmann::ordered_json;

std::string python_version() {
  const std::string version = Py_GetVersion();
  return version.substr(0, version.find(' '));
}

/// Without the GIL, which a handler of the master may be holding.
OrderedJson status(const Runtime& now) {
  OrderedJson pools = OrderedJson::array();
  const std::shared_ptr<const Pools> started = now.pools();
  for (const std::shared_ptr<Pool>& pool : *started) {
    pools.push_back(pool_status(*pool, now.describe_errors()));
  }
  OrderedJson slow = OrderedJson::array();
  for (const auto& [route, record] : now.slow_handlers.worst()) {
    slow.push_back({{"Route", route},
                    {"Count", record.count},
                    {"LongestSeconds", record.longest},
                    {"TotalSeconds", record.total}});
  }
  OrderedJson all{{"Version", ORTHANC_RUNTIME_VERSION},
                  {"OrthancVersion", sdk()->orthancVersion},
                  {"PythonVersion", python_version()},
                  {"Pid", getpid()},
                  {"Memory", resident_memory(getpid())},
                  {"Offloading", !pools.empty()},
                  {"Pools", pools},
                  {"SlowHandlers", slow}};
  if (pools.empty()) {
    all["Message"] = "No handler is offloaded to workers: every one runs in Orthanc itself";
  }
  return all;
}

/// An answer with another status than 200; the body is a message for people then.
struct OperationResult {
  std::string body;
  const char* type;
  uint16_t status = 200;
};

OrderedJson routes(const Runtime& now) {
  OrderedJson list = OrderedJson::array();
  for (const Route* const route : now.routes.all()) {
    const OrderedJson pool = route->offloaded ? OrderedJson(route->pool) : OrderedJson();
    list.push_back({{"Pattern", route->pattern}, {"Pool", pool}});
  }
  return list;
}

OperationResult as_json(const OrderedJson& json) {
  return {json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n",
          "application/json"};
}

/// Other sites can have a browser post to us with the user's rights, but not with such a header,
/// for which it would ask us first. What sends no Origin is no page.
bool may_be_foreign_page(const OrthancPluginHttpRequest& request) {
  return !request_header(request, "origin").empty() &&
         request_header(request, "x-requested-with").empty();
}

/// Serves one method; the answer is made without the GIL.
template <class Make>
OrthancPluginErrorCode serve(OrthancPluginRestOutput* output, const char* uri,
                             const OrthancPluginHttpRequest* request,
                             OrthancPluginHttpMethod method, const Make& make) noexcept {
  output = RestCapture::claim(output, request->method, uri);
  try {
    if (request->method != method) {
      OrthancPluginSendMethodNotAllowed(sdk(), output, method_name(method));
      return OrthancPluginErrorCode_Success;
    }
    Runtime& now = runtime();
    if (method != OrthancPluginHttpMethod_Get && may_be_foreign_page(*request)) {
      send_error_status(output, 403, "a page in a browser has to send X-Requested-With",
                        method_name(method), uri, now.describe_errors());
      return OrthancPluginErrorCode_Success;
    }
    const OperationResult text = make(now);
    if (text.status != 200) {
      send_error_status(output, text.status, text.body, method_name(method), uri,
                        now.describe_errors());
      return OrthancPluginErrorCode_Success;
    }
    OrthancPluginAnswerBuffer(sdk(), output, text.body.data(),
                              static_cast<uint32_t>(text.body.size()), text.type);
    return OrthancPluginErrorCode_Success;
  } catch (const std::exception& error) {
    write_log({LogCode::OperationFailed, std::string(uri) + ": " + error.what()});
    return OrthancPluginErrorCode_Plugin;
  }
}

OrthancPluginErrorCode serve_status(OrthancPluginRestOutput* output, const char* uri,
                                    const OrthancPluginHttpRequest* request) noexcept {
  return serve(output, uri, request, OrthancPluginHttpMethod_Get,
               [](Runtime& now) { return as_json(status(now)); });
}

OrthancPluginErrorCode serve_routes(OrthancPluginRestOutput* output, const char* uri,
                                    const OrthancPluginHttpRequest* request) noexcept {
  return serve(output, uri, request, OrthancPluginHttpMethod_Get,
               [](Runtime& now) { return as_json(routes(now)); });
}

OrthancPluginErrorCode serve_stacks(OrthancPluginRestOutput* output, const char* uri,
                                    const OrthancPluginHttpRequest* request) noexcept {
  return serve(output, uri, request, OrthancPluginHttpMethod_Post, [](Runtime& now) {
    return OperationResult{stacks_report(now), "text/plain; charset=utf-8"};
  });
}

OrthancPluginErrorCode serve_reload(OrthancPluginRestOutput* output, const char* uri,
                                    const OrthancPluginHttpRequest* request) noexcept {
  return serve(output, uri, request, OrthancPluginHttpMethod_Post, [](Runtime& now) {
    auto [status, body] = now.reload_workers();
    return OperationResult{std::move(body), "application/json", static_cast<uint16_t>(status)};
  });
}

OrthancPluginErrorCode serve_recycle(OrthancPluginRestOutput* output, const char* uri,
                                     const OrthancPluginHttpRequest* request) noexcept {
  return serve(output, uri, request, OrthancPluginHttpMethod_Post, [&](Runtime& now) {
    auto [status, body] =
        now.recycle_workers({static_cast<const char*>(request->body), request->bodySize});
    return OperationResult{std::move(body), "application/json", static_cast<uint16_t>(status)};
  });
}

OrthancPluginErrorCode serve_page(OrthancPluginRestOutput* output, const char* uri,
                                  const OrthancPluginHttpRequest* request) noexcept {
  output = RestCapture::claim(output, request->method, uri);
  try {
    if (request->method != OrthancPluginHttpMethod_Get) {
      OrthancPluginSendMethodNotAllowed(sdk(), output, "GET");
      return OrthancPluginErrorCode_Success;
    }
    const Runtime& now = runtime();
    now.page.answer(output, uri, *request, now.describe_errors());
    return OrthancPluginErrorCode_Success;
  } catch (const std::exception& error) {
    write_log({LogCode::OperationFailed, std::string(uri) + ": " + error.what()});
    return OrthancPluginErrorCode_Plugin;
  }
}

}  // namespace

void register_operations() {
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/app(/.*)?", &serve_page);
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/status", &serve_status);
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/routes", &serve_routes);
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/stacks", &serve_stacks);
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/reload", &serve_reload);
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/recycle", &serve_recycle);
  OrthancPluginSetRootUri(sdk(), "/python-runtime/app/");
  OrthancPluginRegisterRefreshMetricsCallback(sdk(), &refresh_pool_metrics);
}

}  // namespace orthanc_runtime
