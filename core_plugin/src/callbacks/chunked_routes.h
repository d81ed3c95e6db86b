// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The REST routes of the script that read uploads chunk by chunk.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "callbacks/routes.h"

namespace orthanc_runtime {

/// `get` and `del` are REST handlers, `post` and `put` make the readers of uploads; any is null.
struct ChunkedRoute {
  std::string pattern;
  std::unique_ptr<Route> get;
  std::unique_ptr<Route> del;
  pybind11::object post;
  pybind11::object put;
};

constexpr size_t kMaximumChunkedRoutes = 256;

class ChunkedRoutes {
 public:
  explicit ChunkedRoutes(Routes& routes) : routes_(routes) {}

  /// As Routes::add, with the GIL.
  void add(std::unique_ptr<ChunkedRoute> route);

  const ChunkedRoute& at(size_t index) const {
    return *table_[index].load(std::memory_order_acquire);
  }

 private:
  Routes& routes_;
  std::vector<std::unique_ptr<ChunkedRoute>> kept_;
  std::array<std::atomic<ChunkedRoute*>, kMaximumChunkedRoutes> table_{};
};

}  // namespace orthanc_runtime
