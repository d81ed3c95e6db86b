// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/operations.h"

#include <Python.h>
#include <unistd.h>

#include <exception>

#include "dispatch/pool_status.h"
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
  const std::shared_ptr<Pool> pool = now.pool();
  if (pool) {
    pools.push_back(pool_status(*pool, "default", now.describe_errors()));
  }
  OrderedJson all{{"Version", ORTHANC_RUNTIME_VERSION},
                  {"OrthancVersion", sdk()->orthancVersion},
                  {"PythonVersion", python_version()},
                  {"Pid", getpid()},
                  {"Memory", resident_memory(getpid())},
                  {"Offloading", static_cast<bool>(pool)},
                  {"Pools", pools}};
  if (!pool) {
    all["Message"] = "No handler is offloaded to workers: every one runs in Orthanc itself";
  }
  return all;
}

void answer(OrthancPluginRestOutput* output, const OrderedJson& body) {
  const std::string text = body.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
  OrthancPluginAnswerBuffer(sdk(), output, text.data(), static_cast<uint32_t>(text.size()),
                            "application/json");
}

OrthancPluginErrorCode serve_status(OrthancPluginRestOutput* output, const char* uri,
                                    const OrthancPluginHttpRequest* request) noexcept {
  try {
    if (request->method != OrthancPluginHttpMethod_Get) {
      OrthancPluginSendMethodNotAllowed(sdk(), output, "GET");
      return OrthancPluginErrorCode_Success;
    }
    answer(output, status(runtime()));
    return OrthancPluginErrorCode_Success;
  } catch (const std::exception& error) {
    OrthancPluginLogError(sdk(), (std::string(uri) + ": " + error.what()).c_str());
    return OrthancPluginErrorCode_Plugin;
  }
}

}  // namespace

void register_operations() {
  OrthancPluginRegisterRestCallbackNoLock(sdk(), "/python-runtime/status", &serve_status);
  OrthancPluginRegisterRefreshMetricsCallback(sdk(), &refresh_pool_metrics);
}

}  // namespace orthanc_runtime
