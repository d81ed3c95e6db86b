// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The REST routes of the script.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace orthanc_runtime {

struct Route {
  pybind11::object callback;
  std::string pattern;
  std::string address;  // of the handler in a worker
  bool offloaded = false;
  double timeout = -1;  // seconds; 0 is none, negative the configured one
};

/// The SDK gives REST callbacks no payload, so each route has a function of its own.
constexpr size_t kMaximumRoutes = 4096;

class Routes {
 public:
  /// Registers with the core. Call with the GIL; it is released for the core's lock. Throws
  /// OrthancException or ValueError as Python exceptions.
  void add(std::unique_ptr<Route> route);

  const Route& at(size_t index) const { return *table_[index].load(std::memory_order_acquire); }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::array<std::atomic<Route*>, kMaximumRoutes> table_{};
};

}  // namespace orthanc_runtime
