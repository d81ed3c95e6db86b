// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/http_filter.h"

#include <utility>

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/rest_request.h"
#include "dispatch/log_writer.h"

namespace orthanc_runtime {

namespace {

constexpr int32_t kForbidden = 0;
constexpr int32_t kAllowed = 1;
constexpr int32_t kFailed = -1;
constexpr double kLongestPause = 30;  // seconds
constexpr const char* kHttpFilter = "the Python incoming-http-request filter";

int32_t filter_request(OrthancPluginHttpMethod method, const char* uri, const char* ip,
                       uint32_t headers_count, const char* const* headers_keys,
                       const char* const* headers_values, uint32_t get_count,
                       const char* const* get_keys, const char* const* get_values) noexcept {
  runtime().gate.await_open(Deadline::in(kLongestPause));
  const HttpFilters& filters = runtime().http_filters;
  if (method == OrthancPluginHttpMethod_Get &&
      filters.webdav_roots().refuses(uri, headers_count, headers_keys, headers_values)) {
    return kForbidden;
  }
  if (!filters.has_python()) {
    return kAllowed;
  }
  int32_t verdict = kFailed;
  const Gate::Stay stay(runtime().gate);
  run_python(kHttpFilter, [&] {
    verdict =
        filters.decide({method, uri, ip, text_pairs(headers_count, headers_keys, headers_values),
                        text_pairs(get_count, get_keys, get_values)});
  });
  return verdict;
}

int32_t verdict_of(const py::object& filter, const FilteredRequest& request) {
  py::dict arguments;
  arguments["method"] = enum_member("HttpMethod", request.method);
  arguments["ip"] = copy_string(request.ip);
  // copies, so that no filter changes what the next one sees
  arguments["headers"] = request.headers.attr("copy")();
  if (request.method == OrthancPluginHttpMethod_Get) {
    arguments["get"] = request.get.attr("copy")();
  }
  const py::object answer = filter(copy_string(request.uri), **arguments);
  if (PyBool_Check(answer.ptr())) {
    return answer.is(py::bool_(true)) ? kAllowed : kForbidden;
  }
  const GilRelease released;
  write_log({LogCode::FilterNotBoolean,
             "The Python incoming-http-request filter has not returned a Boolean"});
  return kFailed;
}

void register_http_filter(const py::object& filter) {
  require_callable(filter, "RegisterIncomingHttpRequestFilter");
  runtime().http_filters.add(filter);
}

}  // namespace

void HttpFilters::add(py::object filter) {
  filters_.add(std::move(filter));
  has_python_ = true;
}

void HttpFilters::add_webdav_root(const std::string& uri) { webdav_roots_.add(uri); }

void HttpFilters::register_with_core() {
  check(call_sdk(
      [] { return OrthancPluginRegisterIncomingHttpRequestFilter2(sdk(), &filter_request); }));
}

int32_t HttpFilters::decide(const FilteredRequest& request) const {
  bool failed = false;
  bool forbidden = false;
  for (const py::object& filter : filters_.present()) {
    int32_t verdict = kFailed;
    log_python_error(kHttpFilter, [&] { verdict = verdict_of(filter, request); });
    failed = failed || verdict == kFailed;
    forbidden = forbidden || verdict == kForbidden;
  }
  if (forbidden) {
    return kForbidden;
  }
  return failed ? kFailed : kAllowed;
}

void bind_http_filter(py::module_& module) {
  module.def("RegisterIncomingHttpRequestFilter", &register_http_filter,
             "RegisterIncomingHttpRequestFilter(callback)\n\n"
             "Calls callback(uri, **request) for each HTTP request; False forbids it.");
}

}  // namespace orthanc_runtime
