// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The REST routes of the script.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "callbacks/late_registration.h"

namespace orthanc_runtime {

struct Route {
  pybind11::object callback;
  std::string pattern;
  std::string address;  // of the handler in a worker
  bool offloaded = false;
  double timeout = -1;  // seconds; 0 is none, negative the configured one
  bool idempotent = false;
  bool cancellable = false;
  std::string pool;        // whose workers run it
  size_t concurrency = 1;  // as many may share a worker
};

/// Asks the role of this interpreter whether the handler runs in a worker. With the GIL.
std::unique_ptr<Route> make_route(const std::string& pattern, const pybind11::object& callback);

/// The SDK gives REST callbacks no payload, so each route has a function of its own.
constexpr size_t kMaximumRoutes = 4096;

class Routes {
 public:
  explicit Routes(Gate& gate);

  /// Calls into the core, which may answer by a C++ exception. Runs without the GIL.
  using Registration = std::function<OrthancPluginErrorCode()>;

  /// Registers with the core: at once while the script is imported, else as soon as no callback
  /// runs. Call with the GIL. Raises ValueError for what the core refuses at once.
  void add(std::unique_ptr<Route> route);

  /// The same for another kind of route; `function` is the one that Python has called.
  void register_with_core(const char* function, const std::string& pattern,
                          Registration registration);

  /// The function for the core that serves this route. With the GIL.
  OrthancPluginRestCallback keep(std::unique_ptr<Route> route);

  /// Orthanc begins to run: further routes are late ones.
  void import_has_ended() { is_late_ = true; }
  bool is_late() const { return is_late_; }
  void stop() { late_.stop(); }

  /// In the order of their registration.
  std::vector<const Route*> all() const;

  const Route& at(size_t index) const { return *table_[index].load(std::memory_order_acquire); }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::array<std::atomic<Route*>, kMaximumRoutes> table_{};
  std::atomic<bool> is_late_{false};
  LateRegistrations late_;
};

}  // namespace orthanc_runtime
