// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/routes.h"

#include <optional>
#include <utility>

#include "callbacks/rest.h"
#include "dispatch/log_writer.h"
#include "errors.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

template <size_t Index>
OrthancPluginErrorCode trampoline(OrthancPluginRestOutput* output, const char* uri,
                                  const OrthancPluginHttpRequest* request) {
  return serve_route(Index, output, uri, request);
}

template <size_t... Indices>
constexpr std::array<OrthancPluginRestCallback, sizeof...(Indices)> trampolines(
    std::index_sequence<Indices...> /*indices*/) {
  return {{&trampoline<Indices>...}};
}

constexpr auto kTrampolines = trampolines(std::make_index_sequence<kMaximumRoutes>());

/// The core would say so only later, and not to the caller; its regular expressions and Python's
/// agree on what is malformed.
void check_pattern(const char* function, const std::string& pattern) {
  try {
    py::module_::import("re").attr("compile")(pattern);
  } catch (py::error_already_set& error) {
    throw py::value_error(std::string(function) + ": \"" + pattern +
                          "\" is no regular expression: " + error.what());
  }
}

/// Why the core has refused the pattern, which may be empty; nothing where it has not.
std::optional<std::string> refusal(const Routes::Registration& registration) {
  try {
    const OrthancPluginErrorCode code = registration();
    if (code == OrthancPluginErrorCode_Success) {
      return std::nullopt;
    }
    const char* description = OrthancPluginGetErrorDescription(sdk(), code);
    return description != nullptr ? description : std::to_string(code);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

std::unique_ptr<Route> make_route(const std::string& pattern, const py::object& callback) {
  const py::object decision = py::module_::import("orthanc_runtime.role")
                                  .attr("current")()
                                  .attr("rest_route")(pattern, callback);
  auto route = std::make_unique<Route>();
  route->callback = callback;
  route->pattern = pattern;
  route->address = decision.attr("address").cast<std::string>();
  route->offloaded = decision.attr("offloaded").cast<bool>();
  const py::object timeout = decision.attr("timeout");
  route->timeout = timeout.is_none() ? -1 : timeout.cast<double>();
  route->idempotent = decision.attr("idempotent").cast<bool>();
  route->cancellable = decision.attr("cancellable").cast<bool>();
  route->pool = decision.attr("pool").cast<std::string>();
  route->concurrency = decision.attr("concurrency").cast<size_t>();
  return route;
}

Routes::Routes(Gate& gate) : late_(gate) {}

void Routes::add(std::unique_ptr<Route> route) {
  const std::string pattern = route->pattern;
  const OrthancPluginRestCallback callback = keep(std::move(route));
  // Not the SDK's inline function: it drops the error code, and the core throws for a pattern that
  // is no regular expression.
  register_with_core("RegisterRestCallback", pattern, [pattern, callback] {
    _OrthancPluginRestCallback parameters{pattern.c_str(), callback};
    return sdk()->InvokeService(sdk(), _OrthancPluginService_RegisterRestCallbackNoLock,
                                &parameters);
  });
}

void Routes::register_with_core(const char* function, const std::string& pattern,
                                Registration registration) {
  if (is_late_) {
    check_pattern(function, pattern);
  }
  const std::string start = std::string(function) + ": \"" + pattern + "\" is refused";
  if (is_late_) {
    late_.add([start, registration = std::move(registration)] {
      if (const std::optional<std::string> reason = refusal(registration)) {
        write_log({LogCode::RouteRefused, start + ": " + *reason});
      }
    });
    return;
  }
  std::optional<std::string> reason;
  {
    const py::gil_scoped_release released;
    reason = refusal(registration);
  }
  if (reason) {
    throw py::value_error(start + " as a regular expression: " + *reason);
  }
}

std::vector<const Route*> Routes::all() const {
  std::vector<const Route*> found;
  for (const std::atomic<Route*>& place : table_) {
    const Route* const route = place.load(std::memory_order_acquire);
    if (route == nullptr) {
      break;
    }
    found.push_back(route);
  }
  return found;
}

OrthancPluginRestCallback Routes::keep(std::unique_ptr<Route> route) {
  const std::lock_guard lock(mutex_);
  const size_t index = routes_.size();
  if (index == kMaximumRoutes) {
    throw py::value_error("at most " + std::to_string(kMaximumRoutes) +
                          " REST callbacks can be registered");
  }
  table_[index].store(route.get(), std::memory_order_release);
  routes_.push_back(std::move(route));
  return kTrampolines[index];
}

}  // namespace orthanc_runtime
