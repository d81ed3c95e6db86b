// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The connections that clients have with the HTTP server of this process. Each has a thread of the
// server, even while it is idle, or waits for one.
#pragma once

#include <cstdint>
#include <optional>

#include "dispatch/deadline.h"

namespace orthanc_runtime {

/// For one thread at a time.
class HttpConnections {
 public:
  /// Of the server; 0 where there is none.
  void set_port(uint16_t port);

  /// Those that the server has accepted, a moment ago at most. Empty where they cannot be counted.
  std::optional<size_t> count();

 private:
  uint16_t port_ = 0;
  std::optional<size_t> counted_;
  Deadline::Clock::time_point stale_{};  // when they are counted again
};

}  // namespace orthanc_runtime
