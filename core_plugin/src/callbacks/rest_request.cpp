// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/rest_request.h"

#include "bindings/conversions.h"
#include "dispatch/request_head.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

py::dict pairs(uint32_t count, const char* const* keys, const char* const* values) {
  py::dict result;
  for (uint32_t i = 0; i < count; ++i) {
    result[copy_string(keys[i])] = copy_string(values[i]);
  }
  return result;
}

}  // namespace

py::dict request_arguments(const OrthancPluginHttpRequest& request) {
  py::dict arguments;
  arguments["method"] = method_name(request.method);
  py::tuple groups(request.groupsCount);
  for (uint32_t i = 0; i < request.groupsCount; ++i) {
    groups[i] = copy_string(request.groups[i]);
  }
  arguments["groups"] = groups;
  arguments["headers"] = pairs(request.headersCount, request.headersKeys, request.headersValues);
  if (request.method == OrthancPluginHttpMethod_Get) {
    arguments["get"] = pairs(request.getCount, request.getKeys, request.getValues);
  }
  if (request.method == OrthancPluginHttpMethod_Post ||
      request.method == OrthancPluginHttpMethod_Put) {
    arguments["body"] = py::bytes(static_cast<const char*>(request.body), request.bodySize);
  }
  return arguments;
}

}  // namespace orthanc_runtime
