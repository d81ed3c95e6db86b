// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/routes.h"

#include <utility>

#include "callbacks/rest.h"
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

// Not the SDK's inline function: it drops the error code, and the core throws for a pattern that
// is no regular expression.
bool register_with_core(const std::string& pattern, OrthancPluginRestCallback callback,
                        std::string& reason) {
  _OrthancPluginRestCallback parameters{pattern.c_str(), callback};
  try {
    const OrthancPluginErrorCode code =
        sdk()->InvokeService(sdk(), _OrthancPluginService_RegisterRestCallbackNoLock, &parameters);
    if (code == OrthancPluginErrorCode_Success) {
      return true;
    }
    const char* description = OrthancPluginGetErrorDescription(sdk(), code);
    reason = description != nullptr ? description : std::to_string(code);
  } catch (const std::exception& error) {
    reason = error.what();
  }
  return false;
}

}  // namespace

Routes::Routes(Gate& gate) : late_(gate) {}

void Routes::add(std::unique_ptr<Route> route) {
  const Route* const added = route.get();
  const size_t index = keep(std::move(route));
  if (is_late_) {
    late_.add([added, index] {
      std::string reason;
      if (!register_with_core(added->pattern, kTrampolines[index], reason)) {
        OrthancPluginLogError(
            sdk(),
            ("RegisterRestCallback: \"" + added->pattern + "\" is refused: " + reason).c_str());
      }
    });
    return;
  }
  std::string reason;
  bool registered = false;
  {
    const py::gil_scoped_release released;
    registered = register_with_core(added->pattern, kTrampolines[index], reason);
  }
  if (!registered) {
    throw py::value_error("RegisterRestCallback: \"" + added->pattern +
                          "\" is refused as a regular expression: " + reason);
  }
}

size_t Routes::keep(std::unique_ptr<Route> route) {
  const std::lock_guard lock(mutex_);
  const size_t index = routes_.size();
  if (index == kMaximumRoutes) {
    throw py::value_error("at most " + std::to_string(kMaximumRoutes) +
                          " REST callbacks can be registered");
  }
  table_[index].store(route.get(), std::memory_order_release);
  routes_.push_back(std::move(route));
  return index;
}

}  // namespace orthanc_runtime
