// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/refresh_metrics.h"

#include "bindings/conversions.h"
#include "bindings/registration.h"
#include "callbacks/call_python.h"

namespace orthanc_runtime {

namespace {

constexpr const char* kRefreshMetrics = "the refresh-metrics callback";

void refresh_metrics() noexcept {
  call_python(kRefreshMetrics, [] { runtime().refresh_metrics.call(); });
}

void register_refresh_metrics(const py::object& callback) {
  require_callable(callback, "RegisterRefreshMetricsCallback");
  runtime().refresh_metrics.add(callback);
}

}  // namespace

void RefreshMetrics::add(py::object callback) {
  callbacks_.add(std::move(callback), [] {
    call_sdk([] { OrthancPluginRegisterRefreshMetricsCallback(sdk(), &refresh_metrics); });
  });
}

void RefreshMetrics::call() const {
  for (const py::object& callback : callbacks_.present()) {
    log_python_error(kRefreshMetrics, [&] { callback(); });
  }
}

void bind_refresh_metrics(py::module_& module) {
  module.def("RegisterRefreshMetricsCallback", &register_refresh_metrics,
             "RegisterRefreshMetricsCallback(callback)\n\n"
             "Calls callback() before Orthanc shows its metrics.");
}

}  // namespace orthanc_runtime
