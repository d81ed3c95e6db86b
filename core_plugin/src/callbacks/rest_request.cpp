// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest_request.h"

#include "bindings/conversions.h"
#include "dispatch/request_head.h"

namespace py = pybind11;

namespace orthanc_runtime {

py::dict text_pairs(uint32_t count, const char* const* keys, const char* const* values) {
  py::dict result;
  for (uint32_t i = 0; i < count; ++i) {
    result[copy_string(keys[i])] = copy_string(values[i]);
  }
  return result;
}

py::dict upload_arguments(const OrthancPluginHttpRequest& request) {
  py::dict arguments;
  arguments["method"] = method_name(request.method);
  py::tuple groups(request.groupsCount);
  for (uint32_t i = 0; i < request.groupsCount; ++i) {
    groups[i] = copy_string(request.groups[i]);
  }
  arguments["groups"] = groups;
  arguments["headers"] =
      text_pairs(request.headersCount, request.headersKeys, request.headersValues);
  if (const std::string_view payload = authentication_payload(request); !payload.empty()) {
    arguments["authenticationPayload"] = py::bytes(payload.data(), payload.size());
  }
  return arguments;
}

py::dict request_arguments(const OrthancPluginHttpRequest& request) {
  py::dict arguments = upload_arguments(request);
  if (request.method == OrthancPluginHttpMethod_Get) {
    arguments["get"] = text_pairs(request.getCount, request.getKeys, request.getValues);
  }
  if (request.method == OrthancPluginHttpMethod_Post ||
      request.method == OrthancPluginHttpMethod_Put) {
    arguments["body"] = copy_bytes(request.body, request.bodySize);
  }
  return arguments;
}

}  // namespace orthanc_runtime
