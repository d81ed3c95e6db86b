// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/http_authentication.h"

#include <strings.h>

#include <cstring>

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"
#include "callbacks/rest_request.h"

namespace orthanc_runtime {

namespace {

// Each of the SDK's tokens is valid as long as Orthanc runs.
std::string generate_token() {
  char* const token =
      call_sdk([] { return OrthancPluginGenerateRestApiAuthorizationToken(sdk()); });
  auto text = take_string(token).cast<std::string>();
  runtime().http_authentication.add_token(text);
  return text;
}

#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)

constexpr const char* kAuthentication = "the HTTP authentication callback";

struct AuthenticationVerdict {
  OrthancPluginHttpAuthenticationStatus status = OrthancPluginHttpAuthenticationStatus_Forbidden;
  /// The payload of a granted request, or where to redirect to.
  std::string data;
};

[[noreturn]] void refuse_result(const py::object& result) {
  throw py::type_error(
      "the HTTP authentication callback returns a member of orthanc.HttpAuthenticationStatus, "
      "(HttpAuthenticationStatus.GRANTED, payload), or (HttpAuthenticationStatus.REDIRECT, path), "
      "not " +
      py::repr(result).cast<std::string>());
}

// No plain number: False is 0, which means granted.
OrthancPluginHttpAuthenticationStatus status_of(const py::object& status,
                                                const py::object& result) {
  const py::object statuses =
      py::module_::import("orthanc_runtime.sdk").attr("HttpAuthenticationStatus");
  if (!py::isinstance(status, statuses)) {
    refuse_result(result);
  }
  return static_cast<OrthancPluginHttpAuthenticationStatus>(status.cast<int>());
}

AuthenticationVerdict verdict_of(const py::object& result) {
  AuthenticationVerdict verdict;
  py::object data = py::none();
  if (py::isinstance<py::tuple>(result) && py::len(result) == 2) {
    const auto pair = result.cast<py::tuple>();
    verdict.status = status_of(pair[0], result);
    data = pair[1];
  } else {
    verdict.status = status_of(result, result);
  }
  const bool grants = verdict.status == OrthancPluginHttpAuthenticationStatus_Granted;
  const bool redirects = verdict.status == OrthancPluginHttpAuthenticationStatus_Redirect;
  if (data.is_none()) {
    if (redirects) {
      refuse_result(result);
    }
    return verdict;
  }
  if (redirects ? !Text::accepts(data) : !(grants && BytesView::accepts(data))) {
    refuse_result(result);
  }
  const Bytes32 bytes(data);
  verdict.data.assign(bytes.chars(), bytes.size());
  return verdict;
}

OrthancPluginErrorCode fill(OrthancPluginMemoryBuffer* buffer, const std::string& data) {
  const OrthancPluginErrorCode code =
      OrthancPluginCreateMemoryBuffer(sdk(), buffer, static_cast<uint32_t>(data.size()));
  if (code == OrthancPluginErrorCode_Success && !data.empty()) {
    std::memcpy(buffer->data, data.data(), data.size());
  }
  return code;
}

bool carries_own_token(uint32_t count, const char* const* keys, const char* const* values) {
  for (uint32_t i = 0; i < count; ++i) {
    if (strcasecmp(keys[i], "authorization") == 0) {
      return runtime().http_authentication.is_token(values[i]);
    }
  }
  return false;
}

OrthancPluginErrorCode authenticate(
    OrthancPluginHttpAuthenticationStatus* status, OrthancPluginMemoryBuffer* custom_payload,
    OrthancPluginMemoryBuffer* redirection, const char* uri, const char* ip, uint32_t headers_count,
    const char* const* headers_keys, const char* const* headers_values, uint32_t get_count,
    const char* const* get_keys, const char* const* get_values) noexcept {
  if (carries_own_token(headers_count, headers_keys, headers_values)) {
    *status = OrthancPluginHttpAuthenticationStatus_Granted;
    return OrthancPluginErrorCode_Success;
  }
  AuthenticationVerdict verdict;
  const Gate::Stay stay(runtime().gate);
  const OrthancPluginErrorCode code = run_python(kAuthentication, [&] {
    py::dict arguments;
    arguments["ip"] = copy_string(ip);
    arguments["headers"] = text_pairs(headers_count, headers_keys, headers_values);
    arguments["get"] = text_pairs(get_count, get_keys, get_values);
    verdict = verdict_of(runtime().http_authentication.callback()(copy_string(uri), **arguments));
  });
  *status = verdict.status;
  if (code != OrthancPluginErrorCode_Success || verdict.data.empty()) {
    return code;
  }
  const bool grants = verdict.status == OrthancPluginHttpAuthenticationStatus_Granted;
  return fill(grants ? custom_payload : redirection, verdict.data);
}

void register_authentication(const py::object& callback) {
  require_callable(callback, "RegisterHttpAuthentication");
  runtime().http_authentication.set_callback(callback);
}

#endif

}  // namespace

void HttpAuthentication::set_callback([[maybe_unused]] const py::object& callback) {
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
  note_callback(callback);
  registration_.claim();
  callback_ = callback;
  const OrthancPluginErrorCode code =
      call_sdk([] { return OrthancPluginRegisterHttpAuthentication(sdk(), &authenticate); });
  if (code == OrthancPluginErrorCode_Plugin) {
    throw_sdk_error(code, "Another plugin authenticates HTTP requests already");
  }
  check(code);
#endif
}

void HttpAuthentication::add_token(const std::string& token) {
  const std::lock_guard lock(mutex_);
  tokens_.insert(token);
}

bool HttpAuthentication::is_token(const std::string& authorization) const {
  const std::lock_guard lock(mutex_);
  return tokens_.count(authorization) > 0;
}

void bind_http_authentication(py::module_& module) {
  module.def("GenerateRestApiAuthorizationToken", &generate_token,
             "GenerateRestApiAuthorizationToken() -> str\n\n"
             "A value of the HTTP header Authorization that opens the whole REST API, as long as "
             "Orthanc runs.");
#if ORTHANC_PLUGINS_VERSION_IS_ABOVE(1, 12, 9)
  module.def("RegisterHttpAuthentication", &register_authentication,
             "RegisterHttpAuthentication(callback)\n\n"
             "Calls callback(uri, ip, headers, get) for each HTTP request, in place of Orthanc's "
             "own authentication.");
#endif
}

}  // namespace orthanc_runtime
